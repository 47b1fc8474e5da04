/* How the map gets what it shows. It opens no connection of its own: the page around it hands the features on.

   given = {keys, overview, bounds, cells (address, or null), notes [text], features [[key, address]] (a moment of the past), fit, taken, words,
   titles}

   Messages, both ways of our own origin only:
     in   {ioc: 'features', key, collection}   a FeatureCollection, always whole; properties: id, kind, state, label, detail (text)
                                               collection.shading = {title, values {code: 0…1}, texts {code: text}, most} paints the cells
                                               collection.mark = 'mô phỏng' stands in the map where data are simulated
                                               collection null: the panel cannot be built, and its layer goes
          {…, key: 'alerts', …}                bulletins of natural hazards in force
     out  {ioc: 'ready'}                       once wired: the page answers with the last features
     out  {ioc: 'select', key, id}             a point or a cell was clicked
   A file that was taken away holds all this itself, in a script of type application/json. */
(function (ioc) {
  'use strict';

  const { make } = ioc;
  const OVERLAY = 'alerts';
  const EMPTY = { type: 'FeatureCollection', features: [] };
  const ALONE = window.parent === window;
  const lacking = new Set(); // keys whose layer could not be had
  let lack = null;
  let mark = null;

  const tell = message => { if (!ALONE) window.parent.postMessage(message, location.origin); };
  ioc.select = (key, id) => tell({ ioc: 'select', key, id });

  // ------------------------------------------------------------------ what the map says about itself

  ioc.note = text => ioc.control('bottomleft', make('div', 'ioc-note', text));

  /* Simulated data carry their mark inside the map, so that a picture of it carries it too. */
  function markSimulated(text) {
    if (mark || !text) return;
    mark = ioc.control('topright', make('div', 'ioc-simulated', text));
    const panel = mark.getContainer();
    panel.parentNode.prepend(panel);
  }

  function sayLacking() {
    lack?.remove();
    lack = null;
    if (!lacking.size) return;
    lack = ioc.note(`${ioc.phrase('lacking')}: ${[...lacking].map(key => ioc.given.titles[key] ?? key).join(', ')}`);
    lack.getContainer().classList.add('ioc-lacking');
  }

  // ------------------------------------------------------------------ features in

  function take({ key, collection }) {
    if (key === OVERLAY) {
      ioc.takeBulletins(collection ?? EMPTY);
      return;
    }
    if (!ioc.given.keys.includes(key)) return;
    const changed = collection ? lacking.delete(key) : !lacking.has(key) && lacking.add(key);
    if (changed) sayLacking();
    ioc.collections.set(key, collection ?? EMPTY);
    markSimulated(collection?.mark);
    ioc.refresh();
  }

  window.addEventListener('message', ({ origin, source, data }) => {
    if (origin !== location.origin || source !== window.parent || ALONE || data?.ioc !== 'features') return;
    if (ioc.given) take(data); // what came too early comes again once the map says that it is ready
  });

  async function asked(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}`);
    return answer.json();
  }

  /* A page of the past: its features come once, from addresses of ours; a panel that cannot answer leaves the others alone. */
  async function load([key, address]) {
    const collection = await asked(address).catch(() => null);
    take({ key, collection });
    return collection?.features ?? [];
  }

  const around = features => L.latLngBounds(features.map(({ geometry }) => L.GeoJSON.coordsToLatLng(geometry.coordinates)));

  async function loadAll({ features, fit }) {
    const found = (await Promise.all(features.map(load))).flat();
    if (fit && found.length) ioc.fitTo(around(found).pad(0.1));
  }

  function takeHeld({ cells, collections }) {
    if (cells) ioc.cells(cells);
    Object.entries(collections).forEach(([key, collection]) => take({ key, collection }));
    if (ioc.given.fit) {
      const found = Object.values(collections).flatMap(({ features }) => features);
      if (found.length) ioc.fitTo(around(found).pad(0.1));
    }
  }

  ioc.start = (map, layers, given) => {
    Object.assign(ioc, { map, layers, given, words: given.words });
    document.documentElement.toggleAttribute('data-overview', given.overview);
    map.attributionControl?.setPrefix('');
    ioc.pane('iocRings', 620, { pointer: true }); // over what is in order, under what is late
    ioc.pane('iocLate', 640, { pointer: true });
    ioc.keepView(L.latLngBounds(given.bounds));
    ioc.addPanel();
    given.notes.forEach(ioc.note);
    map.on('resize', () => ioc.drawBulletins()); // hatching and letters are measured by the screen
    const held = document.getElementById('ioc-held');
    if (held) takeHeld(JSON.parse(held.textContent));
    if (given.cells) asked(given.cells).then(ioc.cells).catch(() => ioc.note(ioc.phrase('no cells')));
    loadAll(given);
    ioc.watchAges();
    tell({ ioc: 'ready' });
  };
})(window.iocMap);
