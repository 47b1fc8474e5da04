/* From a frame to the page: props of Dash components, the pace of charts, features of the maps' iframes.

   A component of a frame that is not on the page is kept and given as soon as it appears. A chart is updated in place, never
   while its last drawing is under way, at most four times a second (twice, if it is a map), and the last figure wins. */
(function (ioc) {
  'use strict';

  const CHART_GAP_MS = 250;
  const MAP_GAP_MS = 500;
  const DRAWN_AT_LATEST_MS = 2000;
  const MAP_ID = 'map--';

  const held = new Map(); // component id -> {props, element}
  const pens = new Map(); // graph id -> {next, busy, at, timer, plot}
  const collections = new Map(); // panel key -> GeoJSON FeatureCollection

  const setProps = (id, props) => window.dash_clientside.set_props(id.startsWith('{') ? JSON.parse(id) : id, props);

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
    if (pen.next) draw(id, pen);
  }

  /* Charts are made for 1080 lines; on a larger screen their text, lines and room grow with it. */
  function scaled(figure) {
    const { layout } = figure;
    const k = window.innerHeight / 1080;
    if (!layout?.font?.size || Math.abs(k - 1) < 0.05) return figure;
    const margin = Object.fromEntries(Object.entries(layout.margin ?? {}).map(([side, px]) => [side, px * k]));
    const data = figure.data.map(trace => (trace.line?.width ? { ...trace, line: { ...trace.line, width: trace.line.width * k } } : trace));
    return { ...figure, data, layout: { ...layout, margin, font: { ...layout.font, size: layout.font.size * k } } };
  }

  function draw(id, pen) {
    const wait = pen.at + (pen.next.layout?.map ? MAP_GAP_MS : CHART_GAP_MS) - Date.now();
    clearTimeout(pen.timer);
    if (wait > 0) {
      pen.timer = setTimeout(() => ioc.guarded(() => draw(id, pen)), wait);
      return;
    }
    const figure = scaled(pen.next);
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
    if (!pen.busy) draw(id, pen);
  }

  function takeProps(id, props) {
    const slot = held.get(id) ?? { props: {}, element: null };
    slot.props = { ...slot.props, ...props };
    slot.element = document.getElementById(id);
    held.set(id, slot);
    if (slot.element) give(id, props);
  }

  function sendMap(frame, key) {
    const collection = collections.get(key);
    if (collection) frame.contentWindow?.postMessage({ ioc: 'features', key, collection }, location.origin);
  }

  function takeMap(key, collection) {
    collections.set(key, collection);
    const frame = document.getElementById(MAP_ID + key);
    if (frame) sendMap(frame, key);
  }

  ioc.takeFrame = ({ restart, panels }) => {
    if (restart) held.clear();
    Object.entries(panels).forEach(([key, panel]) => {
      Object.entries(panel.props ?? {}).forEach(([id, props]) => takeProps(id, props));
      if (panel.map) takeMap(key, panel.map);
    });
  };

  /* Each second: what appeared on the page since its frame came is given what it missed. */
  ioc.giveMissed = () => {
    held.forEach((slot, id) => {
      const element = document.getElementById(id);
      if (element && element !== slot.element) give(id, slot.props);
      slot.element = element;
    });
  };

  /* A map that has loaded asks for its features; one that was clicked may fill a store named by its data-picks. */
  window.addEventListener('message', ({ origin, source, data }) => {
    if (origin !== location.origin || !data?.ioc) return;
    const frame = [...document.querySelectorAll(`iframe[id^="${MAP_ID}"]`)].find(map => map.contentWindow === source);
    if (!frame) return;
    if (data.ioc === 'ready') sendMap(frame, frame.id.slice(MAP_ID.length));
    if (data.ioc === 'select' && frame.dataset.picks) setProps(frame.dataset.picks, { data: data.id });
  });
})((window.ioc = window.ioc || {}));
