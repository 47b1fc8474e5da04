/* From a frame to the page: props of Dash components, the pace of charts, features of the maps' iframes.

   A component of a frame that is not on the page is kept and given as soon as it appears. A chart is updated in place, never
   while its last drawing is under way, at most four times a second (twice, if it is a map), and the last figure wins; what is hidden is
   drawn when it appears. */
(function (ioc) {
  'use strict';

  const CHART_GAP_MS = 250;
  const MAP_GAP_MS = 500;
  const DRAWN_AT_LATEST_MS = 2000;
  const MAP_ID = 'map--';
  const MAPS = '.map'; // a panel's map comes under its key and this
  const OVERLAY = 'alerts'; // its collection, bulletins of natural hazards, lies over every map

  const held = new Map(); // component id -> {props, element, said}
  const pens = new Map(); // graph id -> {next, busy, at, timer, plot}
  const collections = new Map(); // panel key -> GeoJSON FeatureCollection, null = it cannot be had
  let overlaid = ''; // what of the overlay was sent to the maps

  const setProps = (id, props) => window.dash_clientside.set_props(id.startsWith('{') ? JSON.parse(id) : id, props);

  /* A chart that this screen's shape leaves out is drawn when it appears. */
  const isShown = id => document.getElementById(id)?.checkVisibility() ?? false;

  function penOf(id) {
    if (!pens.has(id)) pens.set(id, { next: null, busy: false, at: 0, timer: null, plot: null });
    return pens.get(id);
  }

  function listen(id, pen) {
    const plot = document.getElementById(id)?.querySelector('.js-plotly-plot');
    if (!plot || plot === pen.plot || !plot.on) return;
    pen.plot = plot;
    plot.on('plotly_afterplot', () => drawn(id, pen));
  }

  function drawn(id, pen) {
    if (!pen.busy) return;
    clearTimeout(pen.timer);
    pen.busy = false;
    if (pen.next && isShown(id)) draw(id, pen);
  }

  function draw(id, pen) {
    const wait = pen.at + (pen.next.layout?.map ? MAP_GAP_MS : CHART_GAP_MS) - Date.now();
    clearTimeout(pen.timer);
    if (wait > 0) {
      pen.timer = setTimeout(() => ioc.guarded(() => draw(id, pen)), wait);
      return;
    }
    const figure = ioc.fitted(pen.next, id);
    Object.assign(pen, { next: null, busy: true, at: Date.now() });
    pen.timer = setTimeout(() => ioc.guarded(() => drawn(id, pen)), DRAWN_AT_LATEST_MS);
    listen(id, pen);
    setProps(id, { figure });
  }

  function give(id, { figure, ...props }) {
    if (Object.keys(props).length) setProps(id, props);
    if (figure === undefined) return;
    const pen = penOf(id);
    pen.next = figure;
    if (!pen.busy && isShown(id)) draw(id, pen);
  }

  /* What a frame says again as it was is not given again: each giving is a rendering. */
  function takeProps(id, props) {
    const slot = held.get(id) ?? { props: {}, element: null, said: '' };
    const element = document.getElementById(id), said = JSON.stringify(props);
    const isKnown = slot.said === said && slot.element === element;
    Object.assign(slot, { props: { ...slot.props, ...props }, element, said });
    held.set(id, slot);
    if (element && !isKnown) give(id, props);
  }

  const mapFrames = () => [...document.querySelectorAll(`iframe[id^="${MAP_ID}"]`)];
  const send = (frame, key, collection) => frame.contentWindow?.postMessage({ ioc: 'features', key, collection }, location.origin);

  /* Panels whose features a map shows: those that it names, else its own. */
  const layersOf = frame => (frame.dataset.layers ?? frame.id.slice(MAP_ID.length)).split(' ');

  function sendMap(frame, key) {
    if (collections.has(key)) send(frame, key, collections.get(key));
  }

  /* By the page's own clock: a warning that has run out goes although nothing newer comes. */
  function inForce() {
    const now = ioc.now() / 1000;
    const { features = [], ...rest } = collections.get(OVERLAY) ?? {};
    return { ...rest, features: features.filter(({ properties: held }) => held.effective_at <= now && now < held.expires_at) };
  }

  function takeMap(key, collection) {
    collections.set(key, collection);
    if (key === OVERLAY) {
      overlaid = '';
      giveOverlay();
      return;
    }
    mapFrames().filter(frame => layersOf(frame).includes(key)).forEach(frame => sendMap(frame, key));
  }

  function giveOverlay() {
    if (!collections.has(OVERLAY)) return;
    const collection = inForce();
    const held = collection.features.map(({ properties }) => `${properties.id} ${properties.identifier}`).join('|') || 'none';
    if (held === overlaid) return;
    overlaid = held;
    mapFrames().forEach(frame => send(frame, OVERLAY, collection));
  }

  ioc.takeFrame = ({ restart, panels }) => {
    if (restart) held.clear();
    Object.entries(panels).forEach(([key, panel]) => {
      Object.entries(panel.props ?? {}).forEach(([id, props]) => takeProps(id, props));
      const name = key.endsWith(MAPS) ? key.slice(0, -MAPS.length) : key;
      if (panel.map || (panel.map === null && collections.has(name))) takeMap(name, panel.map); // one that cannot be built shows no old points
    });
  };

  /* Each second: what appeared on the page since its frame came is given what it missed, and what has run out goes. */
  ioc.giveMissed = () => {
    giveOverlay();
    held.forEach((slot, id) => {
      const element = document.getElementById(id);
      if (element && element !== slot.element) give(id, slot.props);
      slot.element = element;
    });
    pens.forEach((pen, id) => pen.next && !pen.busy && isShown(id) && draw(id, pen));
  };

  /* Whether a chart that is on the screen is still being drawn. */
  ioc.isDrawing = () => [...pens].some(([id, pen]) => pen.busy || (pen.next && isShown(id)));

  /* A map that has loaded asks for its features; one that was clicked may fill a store named by its data-picks. */
  window.addEventListener('message', ({ origin, source, data }) => {
    if (origin !== location.origin || !data?.ioc) return;
    const frame = mapFrames().find(map => map.contentWindow === source);
    if (!frame) return;
    if (data.ioc === 'ready') {
      layersOf(frame).forEach(key => sendMap(frame, key));
      if (collections.has(OVERLAY)) send(frame, OVERLAY, inForce());
    }
    if (data.ioc === 'select' && frame.dataset.picks) setProps(frame.dataset.picks, { data: data.id });
  });
})((window.ioc = window.ioc || {}));
