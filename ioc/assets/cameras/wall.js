/* Tiles of cameras: /console/cameras. Pieces: feed (what is asked each two seconds), tile, judge (how a tile looks), big (one camera), live. */
import { tellActive, typing } from '../alerts/hands.js';
import { make, text } from '../alerts/words.js';
import { big as bigs } from './big.js';
import { feed as feeds } from './feed.js';
import { tile } from './tile.js';
import { state } from './words.js';

const SIZES = [4, 9, 16, 25, 36], CYCLE_MS = 15000, DRAW_MS = 500, PICTURES_A_S = 10; // a caller of the centre has forty requests a second
const KEPT = 'ioc-cameras';
const find = id => document.getElementById(id);
const root = find('cameras'), grid = find('grid'), form = find('bar');
const cards = JSON.parse(root.dataset.cards);
const kept = (() => { try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; } })();
const fitting = SIZES.find(n => n >= Math.min(cards.length, 16)) ?? 16;
const now = { size: SIZES.includes(kept.size) ? kept.size : fitting, page: 0, group: '', kind: '', troubled: false, cycle: false, focus: null, signedOut: false };
const tiles = new Map();
let troubled = {}, of = cards.length, turnAt = performance.now();

const keep = () => { try { localStorage.setItem(KEPT, JSON.stringify({ size: now.size })); } catch { /* a private window */ } };
const chosen = () => cards.filter(card => (!now.group || card.group === now.group) && (!now.kind || card.kind === now.kind) && (!now.troubled || card.id in troubled));
const pages = () => Math.max(1, Math.ceil(chosen().length / now.size));
const shown = () => chosen().slice(now.page * now.size, (now.page + 1) * now.size);

const box = find('big');
const big = bigs({ box, heardMs: () => feed.heardMs(), clock: { now: () => feed.clock.now() }, onClose: id => focus(id ?? now.focus) });
const feed = feeds({
  shown: () => [...new Set([...shown().map(card => card.id), ...(big.id ? [big.id] : [])])],
  onTold: told => {
    const was = Object.keys(troubled).join();
    troubled = told.troubled;
    of = told.of;
    if (now.troubled && was !== Object.keys(troubled).join()) lay();
    const soonestMs = Math.max(1500, 1000 * tiles.size / PICTURES_A_S);
    tiles.forEach(one => one.told(told.cameras[one.card.id], soonestMs));
    if (big.id) big.told(told.cameras[big.id]);
    count();
    draw();
  },
  onSignedOut: is => { now.signedOut = is; draw(); },
});

/* ------------------------------------------------------------------ the grid */

/* Columns: those of the size, and no more than fill the page where all cameras are on one. */
const side = () => Math.min(Math.sqrt(now.size), pages() > 1 ? Infinity : Math.max(1, Math.ceil(Math.sqrt(shown().length))));

function lay() {
  now.page = Math.min(now.page, pages() - 1);
  const wanted = shown(), ids = new Set(wanted.map(card => card.id));
  tiles.forEach((one, id) => { if (!ids.has(id)) { one.end(); tiles.delete(id); } });
  wanted.forEach(card => {
    if (!tiles.has(card.id)) tiles.set(card.id, tile(card, { clock: feed.clock, open: id => open(id) }));
    grid.append(tiles.get(card.id).place);
  });
  const columns = side();
  grid.style.setProperty('--side', columns);
  grid.style.setProperty('--rows', pages() > 1 ? columns : Math.max(1, Math.ceil(wanted.length / columns)));
  const focused = ids.has(now.focus) ? now.focus : wanted[0]?.id ?? null;
  tiles.forEach(one => { one.place.tabIndex = one.card.id === focused ? 0 : -1; });
  now.focus = focused;
  find('empty').hidden = wanted.length > 0;
  find('empty').textContent = text(cards.length ? 'noneSuch' : 'noCameras');
  find('page').textContent = text('page', { n: now.page + 1, all: pages() });
  form.querySelectorAll('[data-size]').forEach(button => button.setAttribute('aria-pressed', String(Number(button.dataset.size) === now.size)));
  form.elements.cycle.checked = now.cycle;
  turnAt = performance.now();
  draw();
}
const turn = by => { now.page = (now.page + by + pages()) % pages(); lay(); feed.ask(); };
const resize = size => { const first = now.page * now.size; Object.assign(now, { size, page: Math.floor(first / size) }); keep(); lay(); feed.ask(); };

function draw() {
  const ms = feed.heardMs();
  tiles.forEach(one => one.draw(ms));
  const banner = find('link');
  banner.hidden = ms < 8000 && !now.signedOut;
  banner.textContent = now.signedOut ? text('signedOut') : text('noLink');
}
function count() {
  const by = Object.values(troubled).reduce((found, code) => ({ ...found, [code]: (found[code] ?? 0) + 1 }), {});
  const line = [['ok', of - Object.keys(troubled).length], ...Object.entries(by)].filter(([, n]) => n);
  find('counts').replaceChildren(...line.map(([code, n]) => make('span', 'c-count', make('b', '', String(n)), state(code))));
}

/* ------------------------------------------------------------------ hands */

const order = () => shown().map(card => card.id);
function focus(id) {
  if (!id || !tiles.has(id)) return;
  now.focus = id;
  tiles.forEach(one => { one.place.tabIndex = one.card.id === id ? 0 : -1; });
  tiles.get(id).place.focus();
}
function step(by) {
  const ids = order(), at = ids.indexOf(now.focus) + by;
  if (ids[at]) { focus(ids[at]); return; }
  if (pages() === 1) return;
  turn(by > 0 ? 1 : -1);
  const fresh = order();
  focus(fresh[by > 0 ? 0 : fresh.length - 1]);
}
function open(id) {
  const card = cards.find(one => one.id === id);
  if (!card) return;
  now.focus = id;
  big.open(card, null);
  feed.ask();
}
function beside(by) {
  const ids = chosen().map(card => card.id), at = ids.indexOf(big.id) + by;
  if (ids[at]) { now.page = Math.floor(at / now.size); lay(); open(ids[at]); }
}
const KEYS = {
  ArrowRight: () => step(1), ArrowLeft: () => step(-1), ArrowDown: () => step(side()), ArrowUp: () => step(-side()), Enter: () => open(now.focus),
  PageDown: () => turn(1), PageUp: () => turn(-1), n: () => turn(1), p: () => turn(-1),
  c: () => { now.cycle = !now.cycle; lay(); }, s: () => { form.elements.troubled.click(); }, '?': () => find('help').showModal(),
  ...Object.fromEntries(SIZES.map((size, n) => [String(n + 1), () => resize(size)])),
};
const OPEN_KEYS = { ArrowRight: () => beside(1), ArrowLeft: () => beside(-1), v: () => big.live() };
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if ((key === 'Enter' || key === ' ') && event.target.closest('button, a, label, input')) return;
  const dialog = document.querySelector('dialog[open]'), keys = dialog ? dialog === box ? OPEN_KEYS : {} : KEYS;
  if (!keys[key]) return;
  event.preventDefault();
  keys[key]();
});
form.addEventListener('submit', event => event.preventDefault());
form.addEventListener('input', () => {
  Object.assign(now, { group: form.elements.group?.value ?? '', kind: form.elements.kind?.value ?? '', troubled: form.elements.troubled.checked, cycle: form.elements.cycle.checked, page: 0 });
  lay();
  feed.ask();
});
form.querySelectorAll('[data-size]').forEach(button => button.addEventListener('click', () => resize(Number(button.dataset.size))));
find('before').addEventListener('click', () => turn(-1));
find('after').addEventListener('click', () => turn(1));
find('help-button').addEventListener('click', () => find('help').showModal());
box.querySelector('[data-close]').addEventListener('click', () => box.close());
setInterval(() => {
  draw();
  if (now.cycle && !document.querySelector('dialog[open]') && performance.now() - turnAt > CYCLE_MS) turn(1);
}, DRAW_MS);
tellActive();
lay();
feed.ask();
const asked = new URLSearchParams(location.search).get('open');
if (asked) open(asked); else if (now.focus) focus(now.focus);
