/* Places that come and go: reports gather in rings that show how many are late, everything else stands singly. */
(function (ioc) {
  'use strict';

  const { make, shape, HUES, OLD, GROUND } = ioc;
  const changed = new Set(); // reports whose state changed: their ring must be drawn again

  ioc.collections = new Map(); // key -> the last FeatureCollection

  /* On the wall's overview what is done is left out: it asks nothing of anyone. */
  const isShown = feature => !(ioc.given.overview && ioc.stateOf(feature) === 'done');
  const all = () => [...ioc.collections].flatMap(([key, { features }]) => features.filter(isShown).map(feature => Object.assign(feature, { key })));
  const isReport = feature => ioc.kindOf(feature) === 'report';

  /* For leaflet-realtime: what there is now. Ids are told apart by panel, several of which may show one camera. */
  ioc.reports = success => success({ type: 'FeatureCollection', features: all().filter(isReport) });
  ioc.marks = success => success({ type: 'FeatureCollection', features: all().filter(feature => !isReport(feature)) });
  ioc.featureId = feature => `${feature.key} ${feature.properties.id}`;
  ioc.pointToLayer = (feature, place) => L.marker(place, { ...ioc.markOf(feature), keyboard: false });

  /* leaflet-realtime's own moves a point but never restyles it. */
  ioc.updateFeature = (feature, layer) => {
    if (!layer?.setLatLng || feature.geometry?.type !== 'Point') return null;
    const [before, now] = [layer.options, ioc.markOf(feature)];
    if (before.pane !== now.pane) return null; // made anew: a layer cannot change its pane
    const place = L.GeoJSON.coordsToLatLng(feature.geometry.coordinates);
    layer.feature = feature;
    if (!layer.getLatLng().equals(place)) layer.setLatLng(place);
    if (before.icon !== now.icon) {
      layer.setIcon(now.icon);
      layer.setZIndexOffset(now.zIndexOffset);
      changed.add(layer);
    }
    return layer;
  };

  /* Built when it opens, from the feature as it then is. */
  function tooltip(layer) {
    const { label, detail } = layer.feature.properties;
    const [kind, state] = [ioc.kindOf(layer.feature), ioc.stateOf(layer.feature)];
    const box = make('div', 'ioc-tip');
    box.append(make('strong', 'ioc-tip-label', label ?? ''));
    if (detail) box.append(make('span', 'ioc-tip-detail', detail));
    const age = ioc.ageOf(layer.feature.key, kind);
    const word = make('span', 'ioc-tip-state', `${ioc.phrase(`kind.${kind}`)} · ${ioc.stateWord(kind, state)}`);
    word.style.color = age.level ? OLD.late : HUES[state];
    box.append(word);
    if (age.level) box.append(make('span', 'ioc-tip-state', ioc.ageWord(age)));
    return box;
  }

  ioc.onEachFeature = (feature, layer) => {
    layer.feature = feature;
    layer.bindTooltip(tooltip, { className: 'ioc-tooltip', direction: 'top', opacity: 1 });
    layer.on('click', () => ioc.select(layer.feature.key, layer.feature.properties.id));
  };

  // ------------------------------------------------------------------ rings: the arc is the share of late ones

  function ring(colour, radius, width, share) {
    const round = 2 * Math.PI * radius;
    const dashes = share < 1 ? { 'stroke-dasharray': `${round * share} ${round}` } : {};
    return shape('circle', { cx: 0, cy: 0, r: radius, fill: 'none', stroke: colour, 'stroke-width': width, transform: 'rotate(-90)', ...dashes });
  }

  /* Of reports that are old the ring is broken, as their outlines are. */
  function donut(count, late, old) {
    const svg = shape('svg', { viewBox: '-50 -50 100 100', 'aria-hidden': 'true' });
    const whole = ring(old ? OLD.open : HUES.open, 40, 10, 1);
    if (old) whole.setAttribute('stroke-dasharray', '13 12');
    svg.append(shape('circle', { r: 48, fill: GROUND }), whole);
    if (late > 0) svg.append(ring(old ? OLD.late : HUES.late, 40, 16, Math.max(0.04, late / count)));
    return svg;
  }

  const Ring = L.Icon.extend({
    createIcon() {
      const { count, late, old } = this.options;
      const box = make('div', 'leaflet-marker-icon ioc-cluster');
      box.style.setProperty('--units', Math.min(5.2, 2.9 + 0.33 * Math.log2(count)));
      box.toggleAttribute('data-old', old);
      box.append(donut(count, late, old), make('span', 'ioc-cluster-count', count.toLocaleString(ioc.lang())));
      return box;
    },
    createShadow: () => null,
  });

  ioc.clusterIcon = cluster => {
    const points = cluster.getAllChildMarkers();
    const late = points.filter(point => ioc.stateOf(point.feature) === 'late').length;
    return new Ring({ count: points.length, late, old: points.some(point => ioc.isOld(point.feature)) });
  };

  // ------------------------------------------------------------------ what changed, at most once a drawing

  let due = false;

  function draw() {
    due = false;
    changed.clear();
    ioc.layers.reports.update();
    if (changed.size) ioc.layers.cluster.refreshClusters([...changed].filter(isHeld));
    ioc.layers.marks.update();
    ioc.explainMarks(all());
    ioc.drawDensity();
    ioc.offerLayers();
    ioc.fitLabels();
  }
  const isHeld = layer => ioc.layers.cluster.hasLayer(layer);

  ioc.refresh = () => {
    if (due) return;
    due = true;
    setTimeout(draw, 40); // several panels' layers come together, and a drawing costs the same
  };

  ioc.openReports = () => all().filter(feature => isReport(feature) && ioc.stateOf(feature) !== 'done');
})(window.iocMap);
