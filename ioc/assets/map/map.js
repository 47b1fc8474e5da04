/* The live map inside an iframe. It opens no connection of its own: the page around it hands the features on.

   The folium page loads, in this order: leaflet.js, leaflet.markercluster.js, leaflet-realtime.min.js, this file; and leaflet.css,
   MarkerCluster.css, map.css. Python wires it so:

     Realtime(JsCode("iocMap.source('citizen_reports')"), start=False, remove_missing=True,
              get_feature_id=JsCode("iocMap.featureId"), update_feature=JsCode("iocMap.updateFeature"),
              point_to_layer=JsCode("iocMap.pointToLayer"),          # or iocMap.pinToLayer: few points, told apart by shape
              on_each_feature=JsCode("iocMap.onEachFeature"),
              container=MarkerCluster(icon_create_function="iocMap.clusterIcon", options={"maxClusterRadius": 60,
                                      "showCoverageOnHover": False, "animate": False, "spiderfyOnMaxZoom": False}))

   and, in a script macro that is a child of the map (it must run after the layers exist):

     iocMap.wire(map, realtime, {key: 'citizen_reports', cluster: markercluster});      // cluster only where there is one
     iocMap.loadCells(map, '/geo/units.<sha>.geojson');                                 // or iocMap.cells(map, collection)
     iocMap.loadFeatures('citizen_reports', '/api/…/map.json?at=…');                    // instead of the parent's, for the past
     iocMap.note(map, 'Sơ đồ – không phải ranh giới hành chính');

   The map needs maxZoom (markercluster refuses a map without) and, for many points without clusters, prefer_canvas=True.

   Messages, both ways of our own origin only:
     in   {ioc: 'features', key, collection}   a FeatureCollection, always whole; properties: id, state, label, detail (text)
                                               collection.values = {code: 0…1} paints the cells
                                               collection.mark = 'mô phỏng' stands in the map where data are simulated
     out  {ioc: 'ready'}                       once wired: the page answers with the last features
     out  {ioc: 'select', key, id}             a point or a cell was clicked
   States: open, due, late, done, offline; any other is drawn as open. Text from outside reaches the page by textContent only:
   nothing here takes HTML, and nothing may be bound with bindPopup(string) or bindTooltip(string). */
(function () {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const INK = '#f5f7fa';
  const GROUND = '#0b1119';
  const HUES = { open: '#62b6f0', due: '#f4dc5b', late: '#ff7f45', done: '#3fc9a2', offline: '#9aaabd' };
  const WORDS = {
    vi: { open: 'Đang xử lý', due: 'Sắp đến hạn', late: 'Quá hạn', done: 'Đã xử lý', offline: 'Mất tín hiệu' },
    en: { open: 'Open', due: 'Due soon', late: 'Overdue', done: 'Done', offline: 'No signal' },
  };

  const collections = new Map(); // key -> the last FeatureCollection
  const wired = []; // {key, layer, cluster, map, marked}
  const cellLayers = [];
  const changed = new Set(); // layers whose state changed and whose cluster must be drawn again

  // ------------------------------------------------------------------ measures: one unit is 1 % of the whole screen's height

  const wholeHeight = () => {
    try {
      return window.parent.innerHeight || window.innerHeight;
    } catch {
      return window.innerHeight;
    }
  };
  const unit = () => wholeHeight() / 100;
  const measure = () => document.documentElement.style.setProperty('--u', `${unit()}px`);
  measure();
  window.addEventListener('resize', measure);

  const stateOf = feature => (feature?.properties?.state in HUES ? feature.properties.state : 'open');
  const lang = () => (document.documentElement.lang.startsWith('en') ? 'en' : 'vi');
  const stateWord = state => document.documentElement.getAttribute(`data-word-${state}`) ?? WORDS[lang()][state];

  function make(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  // ------------------------------------------------------------------ points

  /* Fill, size and outline differ beside the colour: filled, large with a light rim, hollow, hollow and dashed. */
  function circleStyle(state) {
    const u = unit();
    const hue = HUES[state];
    const filled = { color: GROUND, weight: 0.15 * u, fillColor: hue, fillOpacity: 0.95, opacity: 1, dashArray: null };
    const hollow = { color: hue, weight: 0.26 * u, fillColor: hue, fillOpacity: 0.12, opacity: 1, dashArray: null };
    return {
      open: { ...filled, radius: 0.75 * u },
      due: { ...filled, radius: 0.8 * u, color: INK, weight: 0.15 * u },
      late: { ...filled, radius: 1.05 * u, color: INK, weight: 0.3 * u },
      done: { ...hollow, radius: 0.6 * u },
      offline: { ...hollow, radius: 0.8 * u, dashArray: `${0.3 * u} ${0.35 * u}` },
    }[state];
  }

  function pinIcon(state) {
    const size = 2.4 * unit();
    const shape = make('span', 'ioc-pin-shape');
    shape.dataset.state = state;
    return L.divIcon({ html: shape, className: 'ioc-pin', iconSize: [size, size] });
  }

  const pointToLayer = (feature, latlng) => L.circleMarker(latlng, circleStyle(stateOf(feature)));
  const pinToLayer = (feature, latlng) => L.marker(latlng, { icon: pinIcon(stateOf(feature)), keyboard: false });

  function restyle(layer, state) {
    if (layer.setIcon) layer.setIcon(pinIcon(state));
    else layer.setStyle(circleStyle(state));
    layer.defaultOptions = { ...layer.options }; // a GeoJSON container resets to these
    changed.add(layer);
  }

  /* leaflet-realtime's own moves a point but never restyles it. */
  function updateFeature(feature, layer) {
    if (!layer?.setLatLng || feature.geometry?.type !== 'Point') return null;
    const before = stateOf(layer.feature);
    const place = L.GeoJSON.coordsToLatLng(feature.geometry.coordinates);
    layer.feature = feature;
    if (!layer.getLatLng().equals(place)) layer.setLatLng(place);
    if (stateOf(feature) !== before) restyle(layer, stateOf(feature));
    return layer;
  }

  /* Built when it opens, from the feature as it then is. */
  function tooltip(layer) {
    const { label, detail } = layer.feature.properties;
    const state = stateOf(layer.feature);
    const box = make('div', 'ioc-tip');
    box.append(make('strong', 'ioc-tip-label', label ?? ''));
    if (detail) box.append(make('span', 'ioc-tip-detail', detail));
    const word = make('span', 'ioc-tip-state', stateWord(state));
    word.style.color = HUES[state];
    box.append(word);
    return box;
  }

  const select = (key, id) => window.parent.postMessage({ ioc: 'select', key, id }, location.origin);

  function onEachFeature(feature, layer) {
    layer.feature = feature;
    layer.bindTooltip(tooltip, { className: 'ioc-tooltip', direction: 'top', opacity: 1 });
    layer.on('click', () => select(wired[0]?.key, layer.feature.properties.id));
  }

  // ------------------------------------------------------------------ clusters: a donut whose arc is the share of late ones

  function ring(colour, radius, width, share) {
    const circle = document.createElementNS(SVG, 'circle');
    const round = 2 * Math.PI * radius;
    const values = { cx: 0, cy: 0, r: radius, fill: 'none', stroke: colour, 'stroke-width': width, transform: 'rotate(-90)' };
    if (share < 1) values['stroke-dasharray'] = `${round * share} ${round}`;
    Object.entries(values).forEach(([name, value]) => circle.setAttribute(name, value));
    return circle;
  }

  function donut(count, late) {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', '-50 -50 100 100');
    const disc = ring('none', 48, 0, 1);
    disc.setAttribute('fill', GROUND);
    svg.append(disc, ring(HUES.open, 40, 10, 1));
    if (late > 0) svg.append(ring(HUES.late, 40, 16, Math.max(0.04, late / count)));
    return svg;
  }

  function clusterIcon(cluster) {
    const points = cluster.getAllChildMarkers();
    const late = points.filter(point => stateOf(point.feature) === 'late').length;
    const size = unit() * Math.min(6.5, 3.2 + 0.5 * Math.log2(points.length));
    const box = make('div', 'ioc-cluster-box');
    box.append(donut(points.length, late), make('span', 'ioc-cluster-count', points.length.toLocaleString(lang())));
    return L.divIcon({ html: box, className: 'ioc-cluster', iconSize: [size, size] });
  }

  // ------------------------------------------------------------------ cells of the administrative units

  const PAINT = ['#16212f', '#1d3c5a', '#27598a', '#3b7ab8', '#62a3dc'];
  const cellStyle = share => ({
    color: '#3a4d65', weight: 0.12 * unit(), fillOpacity: 1,
    fillColor: Number.isFinite(share) ? PAINT[Math.min(PAINT.length - 1, Math.floor(share * PAINT.length))] : PAINT[0],
  });

  function cellLabel(map, cell) {
    const { name } = cell.feature.properties;
    const icon = L.divIcon({ html: make('span', 'ioc-cell-label', name ?? ''), className: 'ioc-cell', iconSize: [0, 0] });
    return L.marker(cell.getBounds().getCenter(), { icon, pane: 'iocLabels', interactive: false, keyboard: false }).addTo(map);
  }

  /* A label wider than its cell is left out, rather than laid over its neighbours'. */
  function fitLabels(map, pairs) {
    pairs.forEach(([cell, label]) => {
      const box = cell.getBounds();
      const width = map.latLngToLayerPoint(box.getNorthEast()).x - map.latLngToLayerPoint(box.getSouthWest()).x;
      const text = label.getElement()?.firstElementChild;
      if (text) text.style.visibility = text.offsetWidth <= width * 1.05 ? 'visible' : 'hidden';
    });
  }

  function labelsPane(map) {
    if (map.getPane('iocLabels')) return;
    const pane = map.createPane('iocLabels');
    pane.style.zIndex = 450;
    pane.style.pointerEvents = 'none';
  }

  function cells(map, collection, { labels = true } = {}) {
    const layer = L.geoJSON(collection, { style: () => cellStyle(), bubblingMouseEvents: false }).addTo(map);
    layer.bringToBack();
    layer.on('click', event => select(wired[0]?.key, event.layer.feature.properties.code));
    cellLayers.push(layer);
    if (!labels) return layer;
    labelsPane(map);
    const pairs = layer.getLayers().map(cell => [cell, cellLabel(map, cell)]);
    const fit = () => fitLabels(map, pairs);
    map.on('zoomend resize', fit);
    document.fonts.ready.then(fit);
    return layer;
  }

  async function loadCells(map, address, options) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}`);
    return cells(map, await answer.json(), options);
  }

  const paint = values => cellLayers.forEach(layer => {
    layer.eachLayer(cell => cell.setStyle(cellStyle(values[cell.feature.properties.code])));
  });

  // ------------------------------------------------------------------ features in

  const EMPTY = { type: 'FeatureCollection', features: [] };
  const source = key => success => success(collections.get(key) ?? EMPTY);

  function refresh({ layer, cluster }) {
    changed.clear();
    layer.update();
    if (cluster && changed.size) cluster.refreshClusters([...changed]);
  }

  function take({ key, collection }) {
    collections.set(key, collection);
    wired.filter(entry => entry.key === key).forEach(refresh);
    if (collection.values) paint(collection.values);
    if (collection.mark) markSimulated(key, collection.mark);
  }

  window.addEventListener('message', ({ origin, source: sender, data }) => {
    if (origin !== location.origin || sender !== window.parent || data?.ioc !== 'features') return;
    take(data);
  });

  /* A page of the past: its features come once, from an address of ours, not from the page around it. */
  async function loadFeatures(key, address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}`);
    const collection = await answer.json();
    take({ key, collection });
    return collection;
  }

  function wire(map, layer, { key, cluster = null }) {
    map.attributionControl?.setPrefix('');
    wired.push({ key, layer, cluster, map });
    window.parent.postMessage({ ioc: 'ready' }, location.origin);
  }

  // ------------------------------------------------------------------ what the map says about itself

  function control(position, className, text) {
    const Control = L.Control.extend({ options: { position }, onAdd: () => make('div', className, text) });
    return new Control();
  }

  /* Simulated data carry their mark inside the map, so that a picture of it carries it too. */
  function markSimulated(key, text) {
    wired.filter(entry => entry.key === key && !entry.marked).forEach(entry => {
      entry.marked = true;
      control('topright', 'ioc-simulated', text).addTo(entry.map);
    });
  }

  window.iocMap = {
    source,
    featureId: feature => feature.properties.id,
    pointToLayer,
    pinToLayer,
    updateFeature,
    onEachFeature,
    clusterIcon,
    cells,
    loadCells,
    loadFeatures,
    wire,
    note: (map, text = 'Sơ đồ – không phải ranh giới hành chính') => control('bottomleft', 'ioc-note', text).addTo(map),
  };
})();
