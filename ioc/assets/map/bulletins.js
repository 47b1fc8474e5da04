/* Bulletins of natural hazards in force: hatched over the cells and under the markers, listed in a legend.

   Their properties: risk_level 1–5, headline, phenomenon, issuer, issued_at, expires_at (Unix seconds), mark ('simulated', 'exercise', ''),
   units = codes of the cells that are hatched where the feature has no geometry. */
(function (ioc) {
  'use strict';

  const { make, shape, phrase } = ioc;
  /* Colours of the levels of disaster risk (QĐ 18/2021/QĐ-TTg); the graver, the closer the hatching. */
  const RISKS = { 1: '#9fd3ff', 2: '#ffe88a', 3: '#ff9d3c', 4: '#ff4b4b', 5: '#b57bff' };
  const MOST_LISTED = 4;
  const riskOf = ({ properties }) => (properties.risk_level in RISKS ? properties.risk_level : 1);
  let bulletins = []; // the gravest last
  let drawing = null; // {group, legend}
  let renderer = null;

  /* Patterns stand in a drawing of their own: whatever Leaflet makes of its panes, they stay. */
  function hatching() {
    document.getElementById('ioc-hatching')?.remove();
    const svg = shape('svg', { id: 'ioc-hatching', width: 0, height: 0, 'aria-hidden': 'true' });
    Object.entries(RISKS).forEach(([level, hue]) => {
      const gap = ioc.unit() * (2.6 - 0.35 * level);
      const pattern = shape('pattern', {
        id: `ioc-risk-${level}`, width: gap, height: gap, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)',
      });
      pattern.append(shape('rect', { width: gap, height: gap, fill: hue, 'fill-opacity': 0.14 }));
      pattern.append(shape('rect', { width: 0.28 * ioc.unit(), height: gap, fill: hue, 'fill-opacity': 0.75 }));
      svg.append(pattern);
    });
    document.body.append(svg);
  }

  /* Patterns need SVG, the cells below are on a canvas. */
  function ownRenderer() {
    ioc.pane('iocBulletins', 420);
    renderer ??= L.svg({ pane: 'iocBulletins', padding: 0.5 });
    return renderer;
  }

  function outlined(feature) {
    const level = riskOf(feature);
    const given = feature.geometry ? feature : ioc.cellsOf(feature.properties.units ?? []);
    const style = {
      renderer: ownRenderer(), pane: 'iocBulletins', interactive: false, color: RISKS[level], weight: 0.25 * ioc.unit(), opacity: 1,
      fillColor: `url(#ioc-risk-${level})`, fillOpacity: 1,
    };
    return L.geoJSON(given, { ...style, style: () => style });
  }

  function label(feature, layer) {
    const { mark } = feature.properties;
    const text = make('span', 'ioc-risk-label', `${phrase('level')} ${riskOf(feature)}`);
    text.style.setProperty('--risk', RISKS[riskOf(feature)]);
    if (mark) text.append(make('span', 'ioc-risk-mark', phrase(mark)));
    const icon = L.divIcon({ html: text, className: 'ioc-cell', iconSize: [0, 0] });
    const box = layer.getBounds(); // on its upper edge: markers gather in the middle
    const place = [box.getNorth(), box.getCenter().lng];
    return L.marker(place, { icon, pane: 'iocBulletins', zIndexOffset: 1e6, interactive: false, keyboard: false });
  }

  function listed(feature) {
    const { headline, phenomenon, issuer, issued_at: issued, expires_at: expires, mark } = feature.properties;
    const line = make('li', 'ioc-bulletin');
    line.style.setProperty('--risk', RISKS[riskOf(feature)]);
    line.append(make('strong', 'ioc-bulletin-level', `${phrase('level')} ${riskOf(feature)}`));
    if (mark) line.append(make('span', 'ioc-risk-mark', phrase(mark)));
    line.append(make('span', 'ioc-bulletin-what', headline || phrase(phenomenon ?? '')));
    line.append(make('span', 'ioc-bulletin-who', `${issuer ?? ''}, ${ioc.moment(issued)}`));
    line.append(make('span', 'ioc-bulletin-who', `${phrase('until')} ${ioc.moment(expires)}`));
    return line;
  }

  function legend() {
    const list = make('ul', 'ioc-bulletins');
    const worstFirst = [...bulletins].reverse();
    list.append(...worstFirst.slice(0, MOST_LISTED).map(listed));
    if (worstFirst.length > MOST_LISTED) list.append(make('li', 'ioc-bulletin-more', `+ ${worstFirst.length - MOST_LISTED} ${phrase('more')}`));
    return ioc.control('topleft', list);
  }

  ioc.drawBulletins = () => {
    drawing?.group.remove();
    drawing?.legend.remove();
    drawing = null;
    if (!bulletins.length) return;
    hatching();
    const areas = bulletins.map(feature => [feature, outlined(feature)]).filter(([, layer]) => layer.getBounds().isValid());
    const group = L.layerGroup([...areas.map(([, layer]) => layer), ...areas.map(([feature, layer]) => label(feature, layer))]).addTo(ioc.map);
    drawing = { group, legend: legend() };
  };

  ioc.takeBulletins = ({ features }) => {
    bulletins = [...features].sort((one, other) => riskOf(one) - riskOf(other));
    ioc.drawBulletins();
  };
})(window.iocMap);
