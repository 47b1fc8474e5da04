/* The administrative units: outlines, names where there is room for them, shades by a panel's value. */
(function (ioc) {
  'use strict';

  const { make } = ioc;
  const PAINT = ['#16212f', '#1d3c5a', '#27598a', '#3b7ab8', '#62a3dc'];
  const FADED = ['#191d22', '#2b3137', '#41484f', '#5a626a', '#767e86'];
  const UNKNOWN = '#20242b';
  const pairs = []; // {cell, label, text}, the largest unit first
  let layer = null;
  let legend = null;
  let shading = null; // {title, values, texts, most, age} that is shown

  const codeOf = cell => cell.feature.properties.code;

  const paints = () => (shading?.age.level ? FADED : PAINT);

  function cellStyle(cell) {
    const share = shading?.values[codeOf({ feature: cell })];
    const hues = paints();
    const paint = Number.isFinite(share) ? hues[Math.min(hues.length - 1, Math.floor(share * hues.length))] : shading ? UNKNOWN : PAINT[0];
    return { color: '#43576f', weight: 0.13 * ioc.unit(), fillOpacity: 1, fillColor: paint };
  }

  // ------------------------------------------------------------------ names

  function addLabel(cell) {
    const { label, name, at } = cell.feature.properties;
    const text = make('span', 'ioc-cell-label');
    text.append(make('span', '', label ?? name ?? ''), make('span', 'ioc-cell-value'));
    const Text = L.Icon.extend({
      createIcon: () => {
        const box = make('div', 'leaflet-marker-icon ioc-cell');
        box.append(text);
        return box;
      },
      createShadow: () => null,
    });
    const place = at ? L.GeoJSON.coordsToLatLng(at) : cell.getBounds().getCenter();
    const marker = L.marker(place, { icon: new Text(), pane: 'iocLabels', interactive: false, keyboard: false }).addTo(ioc.map);
    return { cell, text, marker };
  }

  const valueOf = ({ cell }) => shading?.values[codeOf(cell)] ?? -1;
  const apart = (one, other) => one.right < other.left || other.right < one.left || one.bottom < other.top || other.bottom < one.top;

  /* A ring's corners are free. */
  function core(element) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const [x, y] = element.matches('.ioc-cluster') ? [(right - left) * 0.14, (bottom - top) * 0.14] : [0, 0];
    return { left: left + x, right: right - x, top: top + y, bottom: bottom - y };
  }

  /* The highest value first, then the largest unit; one that would lie over another, or under a ring or a legend, is left out. */
  function fitLabels() {
    const edge = ioc.map.getContainer().getBoundingClientRect();
    const taken = [...document.querySelectorAll('.ioc-cluster, .leaflet-control')].map(core);
    [...pairs].sort((one, other) => valueOf(other) - valueOf(one)).forEach(({ cell, text }) => {
      const box = text.getBoundingClientRect();
      const bounds = cell.getBounds();
      const width = ioc.map.latLngToLayerPoint(bounds.getNorthEast()).x - ioc.map.latLngToLayerPoint(bounds.getSouthWest()).x;
      const fits = box.width <= width * 1.6 && box.left >= edge.left && box.right <= edge.right && taken.every(other => apart(box, other));
      text.style.visibility = fits ? 'visible' : 'hidden';
      if (fits) taken.push(box);
    });
  }

  // ------------------------------------------------------------------ shades

  function tooltip(cell) {
    const { name } = cell.feature.properties;
    const box = make('div', 'ioc-tip');
    box.append(make('strong', 'ioc-tip-label', name ?? ''));
    if (shading) box.append(make('span', 'ioc-tip-detail', `${shading.title}: ${shading.texts[codeOf(cell)] ?? ioc.phrase('unknown')}`));
    return box;
  }

  function explain() {
    legend?.remove();
    legend = null;
    if (!shading || !layer) return;
    const box = make('div', 'ioc-legend ioc-legend-shades');
    const ramp = make('span', 'ioc-ramp');
    ramp.append(...paints().map(colour => Object.assign(make('i', ''), { style: `background:${colour}` })));
    box.append(make('strong', '', shading.title), make('span', '', '0'), ramp, make('span', '', shading.most));
    if (shading.age.level) box.append(make('strong', 'ioc-old', ioc.ageWord(shading.age)));
    if (layer.getLayers().some(cell => !Number.isFinite(shading.values[codeOf(cell)]))) {
      const none = make('span', 'ioc-unknown');
      none.append(Object.assign(make('i', ''), { style: `background:${UNKNOWN}` }), ioc.phrase('unknown'));
      box.append(none);
    }
    legend = ioc.control('bottomleft', box);
    ioc.fitAgain();
  }

  function repaint() {
    if (!layer) return;
    layer.eachLayer(cell => cell.setStyle(cellStyle(cell.feature)));
    pairs.forEach(({ cell, text }) => {
      text.lastChild.textContent = shading && !ioc.given.overview ? shading.texts[codeOf(cell)] ?? '' : '';
    });
    fitLabels();
  }

  ioc.fitLabels = fitLabels;
  const isShown = asked => JSON.stringify(asked) === JSON.stringify(shading);

  /* null = no shades. */
  ioc.shade = asked => {
    if (isShown(asked)) return;
    shading = asked;
    explain();
    repaint();
  };

  ioc.cellsOf = codes => (layer ? layer.getLayers().map(cell => cell.feature).filter(cell => codes.includes(cell.properties.code)) : []);

  ioc.cells = collection => {
    ioc.pane('iocLabels', 450);
    layer = L.geoJSON(collection, { style: cellStyle, bubblingMouseEvents: false }).addTo(ioc.map);
    layer.bringToBack();
    layer.on('click', event => ioc.select(ioc.given.keys[0], codeOf(event.layer)));
    layer.bindTooltip(tooltip, { className: 'ioc-tooltip', sticky: true, opacity: 1 });
    const area = cell => Math.abs(cell.getBounds().getNorth() - cell.getBounds().getSouth()) * (cell.getBounds().getEast() - cell.getBounds().getWest());
    pairs.push(...layer.getLayers().sort((one, other) => area(other) - area(one)).map(addLabel));
    ioc.map.on('zoomend moveend resize', fitLabels);
    document.fonts.ready.then(fitLabels);
    explain();
    repaint();
    ioc.drawBulletins(); // some are told by their units alone
  };
})(window.iocMap);
