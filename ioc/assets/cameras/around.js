/* Reports, incidents, detections and cameras around one place, on one map and one line of time: /console/cameras/around. */
import { tellActive } from '../alerts/hands.js';
import { make, moment, text } from '../alerts/words.js';
import { sinceWords, state } from './words.js';

const EVERY_MS = 20000, MOST_NAMED = 6, RINGS = [100, 250, 500, 1000];
const LANES = ['report', 'incident', 'detection', 'condition'];
const HUES = { report: '#f4dc5b', incident: '#ff7f45', detection: '#c9a6ff', condition: '#9aaabd' };
const CONDITIONS = { ok: '#3fc9a2', drift: '#f4dc5b', dark: '#8fa3c7', frozen: '#f5ad3d', no_signal: '#ff5d5d' };
const find = id => document.getElementById(id);
const query = new URLSearchParams(location.search), marks = new Map();
let map = null, layer = null;

const leaflet = () => new Promise((done, failed) => {
  const style = make('link'), script = make('script');
  Object.assign(style, { rel: 'stylesheet', href: '/static/vendor/leaflet/dist/leaflet.css' });
  Object.assign(script, { src: '/static/vendor/leaflet/dist/leaflet.js', onload: () => done(window.L), onerror: failed });
  document.head.append(style, script);
});
const key = (one, n) => `${one.kind} ${one.id} ${one.at} ${n}`;
const light = (name, on) => document.querySelectorAll(`[data-key="${CSS.escape(name)}"]`).forEach(element => element.toggleAttribute('data-lit', on));
const lit = (element, name) => {
  element.dataset.key = name;
  for (const [event, on] of [['pointerenter', true], ['pointerleave', false], ['focus', true], ['blur', false]]) element.addEventListener(event, () => { light(name, on); marks.get(name)?.setStyle?.({ weight: on ? 4 : 1 }); });
  return element;
};
const link = one => {
  const made = make('a', '', one.title);
  if (one.kind === 'report') made.href = `/console/reports?open=${encodeURIComponent(one.id)}`;
  else if (one.kind === 'incident') made.href = `/console/cameras/around?incident=${encodeURIComponent(one.id)}`;
  else made.href = `/console/cameras?open=${encodeURIComponent(one.id)}`;
  return made;
};
const about = one => [one.camera, one.state, one.verdict, one.distance_m === null || one.distance_m === undefined ? '' : text('metres', { n: one.distance_m }), one.simulated ? text('simulated') : ''].filter(Boolean).join(' · ');

function list(told) {
  const items = told.events.map((one, n) => lit(make('li', '', make('time', '', moment(one.at, told.now)),
    make('span', '', one.kind === 'condition' ? state(one.condition) : make('span', 'c-said', make('i', `c-mark c-${one.kind}`), link(one)), make('small', '', about(one)))), key(one, n)));
  find('list').replaceChildren(...(items.length ? items : [make('li', 'a-faint', text('nothing'))]));
  find('near').textContent = text('nearCameras', { n: told.cameras.length });
  find('list-cameras').replaceChildren(...told.cameras.map(camera => {
    const name = make('a', '', camera.name);
    name.href = `/console/cameras?open=${encodeURIComponent(camera.id)}`;
    return make('li', '', make('time', '', text('metres', { n: camera.distance_m })), make('span', '', name, state(camera.condition), make('small', '', camera.condition === 'ok' ? '' : sinceWords(camera.since, told.now))));
  }));
}
function lanes(told) {
  const width = Math.max(1, told.until - told.since), x = at => `${(100 * (Math.min(Math.max(at, told.since), told.until) - told.since)) / width}%`;
  const rows = LANES.map(kind => {
    const lane = make('div', 'c-lane', make('span', 'c-lane-name', text(`lane${kind.charAt(0).toUpperCase()}${kind.slice(1)}`)));
    const line = make('div', 'c-lane-line');
    told.events.forEach((one, n) => {
      if (one.kind !== kind) return;
      const mark = lit(make('button', `c-mark c-${kind}`), key(one, n));
      mark.type = 'button';
      mark.title = `${moment(one.at, told.now)} ${one.title}`;
      mark.setAttribute('aria-label', mark.title);
      mark.style.left = x(one.at);
      if (kind === 'condition') mark.style.background = CONDITIONS[one.condition] ?? HUES.condition;
      mark.addEventListener('click', () => find('list').querySelector(`[data-key="${CSS.escape(key(one, n))}"]`)?.scrollIntoView({ block: 'center' }));
      line.append(mark);
    });
    const centre = make('i', 'c-centre-at');
    centre.style.left = x(told.centre.at);
    line.append(centre);
    lane.append(line);
    return lane;
  });
  const ticks = make('div', 'c-lane c-ticks', make('span', 'c-lane-name'), make('div', 'c-lane-line'));
  for (let at = Math.ceil(told.since / 1800) * 1800; at <= told.until; at += 1800) {
    const tick = make('span', 'c-tick', moment(at, told.now).slice(0, 5));
    tick.style.left = x(at);
    ticks.lastChild.append(tick);
  }
  find('lanes').replaceChildren(...rows, ticks);
}
function draw(L, told) {
  const [lon, lat] = told.centre.place;
  if (!map) {
    map = L.map(find('map'), { attributionControl: false, fadeAnimation: false, zoomAnimation: false, maxZoom: 18 });
    L.control.scale({ imperial: false }).addTo(map);
    layer = L.layerGroup().addTo(map);
    map.fitBounds(L.latLng(lat, lon).toBounds(1300), { animate: false });
  }
  layer.clearLayers();
  marks.clear();
  RINGS.forEach(radius => L.circle([lat, lon], { radius, color: '#34475c', weight: 1, fill: false, interactive: false }).addTo(layer));
  const named = (mark, words, more = {}) => mark.bindTooltip(make('span', '', words), more);
  told.cameras.forEach((camera, n) => {
    const icon = make('i', 'c-pin');
    icon.style.background = CONDITIONS[camera.condition] ?? '#9aaabd';
    named(L.marker([camera.place[1], camera.place[0]], { icon: L.divIcon({ className: 'c-pin-place', html: icon, iconSize: [18, 18] }) }), `${camera.name} · ${camera.distance_m} m`, n < MOST_NAMED ? { permanent: true, direction: 'right', offset: [12, 0], className: 'c-label' } : {})
      .on('click', () => { location.href = `/console/cameras?open=${encodeURIComponent(camera.id)}`; }).addTo(layer);
  });
  told.events.forEach((one, n) => {
    if (!one.place || !['report', 'incident'].includes(one.kind)) return;
    const mark = L.circleMarker([one.place[1], one.place[0]], { radius: 7, color: '#0b1119', weight: 1, fillColor: HUES[one.kind], fillOpacity: 0.95 });
    marks.set(key(one, n), named(mark, `${moment(one.at, told.now)} ${one.title}`).addTo(layer));
  });
  L.circleMarker([lat, lon], { radius: 11, color: '#f5f7fa', weight: 3, fill: false, interactive: false }).addTo(layer);
  if (told.centre.kind !== 'camera') L.circleMarker([lat, lon], { radius: 7, color: '#0b1119', weight: 1, fillColor: HUES[told.centre.kind], fillOpacity: 1, interactive: false }).addTo(layer);
  find('map').setAttribute('aria-label', text('mapOf', { n: told.cameras.length, m: told.events.length }));
}

async function load() {
  const asked = new URLSearchParams([...query].filter(([name]) => ['report', 'incident', 'camera'].includes(name)));
  asked.set('lang', document.documentElement.lang);
  const answer = await fetch(`/api/cameras/around.json?${asked}`, { cache: 'no-store', signal: AbortSignal.timeout(10000) }).catch(() => null);
  const told = answer?.status === 200 ? await answer.json().catch(() => null) : null;
  const banner = find('link');
  banner.hidden = Boolean(told?.centre.place);
  banner.textContent = told ? text('noPlace') : text(answer?.status === 404 ? 'gone' : answer?.status === 401 ? 'signedOut' : 'unloaded');
  if (!told) return;
  find('title').textContent = told.centre.title;
  find('about').textContent = [told.centre.kind === 'camera' ? '' : told.centre.id, moment(told.centre.at, told.now), told.centre.state, told.centre.simulated ? text('simulated') : ''].filter(Boolean).join(' · ');
  list(told);
  if (!told.centre.place) return;
  lanes(told);
  window.L ??= await leaflet().catch(() => undefined);
  if (window.L) draw(window.L, told);
}
setInterval(() => { if (!document.hidden) load(); }, EVERY_MS);
tellActive();
load();
