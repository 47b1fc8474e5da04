/* What a viewer with a pointer can choose: which layers, whose shades, and back to the whole province. A wall without one is shown none. */
(function (ioc) {
  'use strict';

  const { make, phrase } = ioc;
  const SMALL = 28; // hundredths of the screen's height
  const LOW = 45;
  const WIDE = 1.35;
  const rows = {}; // layer -> {row, box}
  let whose = null; // select of the panel whose shades are shown
  let box = null; // bounds of all there is
  let fitting = false;
  let moved = false; // by the viewer, whose view is then kept

  // ------------------------------------------------------------------ the view

  /* What stands along an edge is left free: on a wide map beside the province, else below it. On a small one nothing stands there. */
  function fit() {
    const { x: width, y: height } = ioc.map.getSize();
    const edge = where => ioc.map.getContainer().querySelector(`.leaflet-${where}.leaflet-left`);
    document.documentElement.toggleAttribute('data-small', height < SMALL * ioc.unit());
    document.documentElement.toggleAttribute('data-low', height < LOW * ioc.unit());
    document.documentElement.toggleAttribute('data-wide', width > WIDE * height);
    const wide = width > WIDE * height;
    const [left, top, bottom] = wide ? [edge('bottom').offsetWidth, 0, 0] : [0, edge('top').offsetHeight, edge('bottom').offsetHeight];
    fitting = true;
    ioc.map.fitBounds(box, { animate: false, paddingTopLeft: [left, top], paddingBottomRight: [0, bottom] });
    fitting = false;
  }

  ioc.fitAgain = () => { if (box && !moved) fit(); };

  ioc.fitTo = bounds => {
    box = bounds;
    ioc.fitAgain();
  };

  ioc.keepView = bounds => {
    ioc.map.on('movestart', () => { moved ||= !fitting; });
    ioc.map.on('resize', ioc.fitAgain);
    ioc.fitTo(bounds);
  };

  function home() {
    fit();
    moved = false;
  }

  function button(text, named, press) {
    const made = Object.assign(make('button', '', text), { type: 'button' });
    if (named) made.setAttribute('aria-label', named);
    made.addEventListener('click', press);
    return made;
  }

  // ------------------------------------------------------------------ layers

  function row(name, checked, change) {
    const tick = Object.assign(document.createElement('input'), { type: 'checkbox', checked, name });
    tick.addEventListener('change', () => change(tick.checked));
    const line = make('label', 'ioc-switch-row');
    line.append(tick, make('span', '', phrase(`layer.${name}`)));
    rows[name] = { line, tick };
    return line;
  }

  function showPoints(wanted) {
    const { cluster, single } = ioc.layers;
    [cluster, single].forEach(layer => (wanted ? ioc.map.addLayer(layer) : ioc.map.removeLayer(layer)));
  }

  const shaded = () => ioc.given.keys.filter(key => ioc.collections.get(key)?.shading);

  function showShades() {
    const keys = shaded();
    const key = keys.includes(whose.value) ? whose.value : keys[0];
    ioc.shade(rows.shading.tick.checked && key ? { ...ioc.collections.get(key).shading, age: ioc.ageOf(key) } : null);
  }

  function offerShades() {
    const keys = shaded();
    if (keys.join() === [...whose.options].map(option => option.value).join()) return;
    const before = whose.value;
    whose.replaceChildren(...keys.map(key => new Option(ioc.collections.get(key).shading.title, key)));
    if (keys.includes(before)) whose.value = before;
  }

  /* Only what there is can be chosen. */
  ioc.offerLayers = () => {
    offerShades();
    rows.density.line.hidden = !ioc.openReports().length;
    rows.shading.line.hidden = !whose.options.length;
    whose.hidden = whose.options.length < 2;
    showShades();
  };

  ioc.addPanel = () => {
    whose = Object.assign(make('select', 'ioc-switch-whose'), { hidden: true, title: phrase('layer.shading') });
    whose.addEventListener('change', showShades);
    const panel = make('div', 'ioc-switch');
    panel.setAttribute('role', 'group');
    panel.setAttribute('aria-label', phrase('layers'));
    const view = make('div', 'ioc-switch-view');
    view.append(button('+', phrase('closer'), () => ioc.map.zoomIn()), button('−', phrase('farther'), () => ioc.map.zoomOut()),
      button(phrase('home'), '', home));
    panel.append(row('points', true, showPoints), row('density', false, ioc.showDensity), row('shading', true, showShades), whose, view);
    if (ioc.given.taken) panel.append(Object.assign(make('a', 'ioc-switch-take', phrase('take')), { href: ioc.given.taken, download: '' }));
    ioc.control('topright', panel);
  };
})(window.iocMap);
