/* What cameras detected, and CT-02, before a person: /console/cameras/review. Each verdict is sent until it is answered; a kept picture is looked at
   only when it is before somebody's eyes, since each look is a line of the ledger. What was said lately is the other list, where it is corrected. */
import { tellActive, toaster, typing } from '../alerts/hands.js';
import { newKey, post, sleep } from '../alerts/send.js';
import { make, moment, span, text } from '../alerts/words.js';
import { frame, picture } from './pictures.js';
import { ageWords, sinceWords, state } from './words.js';

const EVERY_MS = 5000, LOOK_MS = 350, PICTURE_MS = 2000;
const find = id => document.getElementById(id);
const list = find('list'), pane = find('pane'), acts = find('acts'), why = find('why');
const toast = toaster(find('toasts'));
const held = { isPast: false, told: null, turns: 0, taken: 0, items: [], current: null, ahead: 0, now: 0, sent: new Set(), shows: [], look: 0, ends: new AbortController() };
const clock = () => performance.now() / 1000 + held.now;

const AS = {
  detection: one => ({ key: `d ${one.camera} ${one.detection}`, title: one.kind, where: `${one.name} · ${one.unit}`, at: one.from }),
  alert: one => ({ key: `a ${one.id}`, title: one.title, where: `${one.point || one.place} · ${one.place}`, at: one.since }),
  done: one => ({ key: `r ${one.event_id}`, title: one.kind, where: `${one.name} · ${one.unit}`, at: one.at }),
};
const asItem = (one, kind) => ({ kind, one, ...AS[kind](one) });
const VERDICTS = { confirmed: 'verdictConfirmed', rejected: 'verdictRejected', acknowledged: 'verdictAcknowledged', resolved: 'verdictResolved' };
const verdictWord = fact => text(VERDICTS[fact] ?? 'verdictOther');
const named = key => held.items.find(item => item.key === key) ?? null;

/* ------------------------------------------------------------------ the list */

async function load() {
  const turn = held.turns += 1;
  const answer = await fetch(`/api/cameras/review.json?lang=${document.documentElement.lang}`, { cache: 'no-store', signal: AbortSignal.timeout(10000) }).catch(() => null);
  const told = answer?.status === 200 ? await answer.json().catch(() => null) : null;
  find('link').hidden = Boolean(told);
  find('link').textContent = told ? '' : text(answer?.status === 401 || answer?.status === 403 ? 'signedOut' : 'noLink');
  if (told && turn > held.taken) { held.taken = turn; take(told); }  // an answer that was overtaken by a later one tells of before
}
function take(told) {
  held.now = told.clock - performance.now() / 1000;
  held.ahead = told.now - performance.now() / 1000;
  held.told = told;
  const place = held.items.findIndex(item => item.key === held.current);
  const items = held.isPast ? told.done.map(one => asItem(one, 'done')) : [...told.alerts.map(one => asItem(one, 'alert')), ...told.detections.map(one => asItem(one, 'detection'))];
  held.items = items.filter(item => !held.sent.has(item.key));
  find('shown').textContent = text(held.isPast ? 'shownPast' : 'shown', { n: held.isPast ? told.done.length : told.all + told.alerts.length });
  draw();
  if (!named(held.current)) choose(held.items[Math.min(Math.max(place, 0), held.items.length - 1)]?.key ?? null);
  else if (named(held.current).kind === 'alert') freshen(named(held.current).one);
}
function draw() {
  list.replaceChildren(...held.items.map((item, n) => {
    const made = make('li', 'c-item', make('b', '', item.title), make('small', '', item.where), make('time', '', moment(item.at, clock())), item.kind === 'done' ? make('small', 'c-verdict', verdictWord(item.one.verdict)) : null, item.one.simulated ? make('span', 'r-mock', text('simulated')) : null);
    made.id = `item-${n}`;
    made.dataset.kind = item.kind;
    if (item.kind === 'done') made.dataset.verdict = item.one.verdict;
    made.setAttribute('role', 'option');
    made.setAttribute('aria-selected', String(item.key === held.current));
    made.addEventListener('click', () => choose(item.key));
    return made;
  }));
  list.setAttribute('aria-activedescendant', `item-${held.items.findIndex(item => item.key === held.current)}`);
}
function choose(key) {
  held.current = key;
  draw();
  list.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  held.shows.forEach(one => one.shows.clear());
  held.shows = [];
  held.ends.abort();
  held.ends = new AbortController();
  clearTimeout(held.look);
  const item = named(key);
  acts.hidden = !item;
  acts.dataset.kind = item?.kind ?? '';
  if (!item) { pane.replaceChildren(make('p', 'a-empty', text(held.isPast ? 'nonePast' : 'none'))); return; }
  if (item.kind === 'alert') unmanned(item.one); else detected(item.one);
}
/** The other list: what waits, or what was said lately, as it stands now; as it was last heard where nobody answers. */
async function turn(isPast) {
  held.isPast = isPast;
  find('past').setAttribute('aria-pressed', String(isPast));
  list.setAttribute('aria-label', text(isPast ? 'labelPast' : 'label'));
  held.items = [];
  choose(null);
  pane.replaceChildren(make('p', 'a-empty', text('loading')));
  const before = held.taken;
  await load();
  if (held.taken === before && held.told) take(held.told);
}
const step = by => { const at = held.items.findIndex(item => item.key === held.current) + by; if (held.items[at]) choose(held.items[at].key); };

/* ------------------------------------------------------------------ what is judged */

const head = (kind, title, lines) => [make('p', 'r-kind', text(kind)), make('h2', '', title), ...lines.filter(Boolean).map(line => make('p', 'c-fact', line))];

function detected(one) {
  const img = make('img', 'c-proof'), shows = frame(img);
  img.alt = one.kind;
  held.shows = [{ shows }];
  const facts = [`${one.name} · ${one.unit}`, text('lasts', { time: moment(one.from, clock()), span: span(one.to - one.from) }),
    [one.confidence === null ? '' : text('confidence', { n: Math.round(one.confidence * 100) }), one.method && text('method', { name: one.method }), one.phase && text(`phase${one.phase.charAt(0).toUpperCase()}${one.phase.slice(1)}`)].filter(Boolean).join(' · ')];
  const said = one.verdict ? make('p', 'c-said-before', text(one.turn ? 'saidAgain' : 'said', { fact: verdictWord(one.verdict), by: one.by, time: moment(one.at, clock()) }) + (one.reason ? `: ${one.reason}` : '')) : '';
  pane.replaceChildren(...head('detected', one.kind, facts), said, one.media_ref ? img : make('p', 'problem', text('noProof')));
  if (!one.media_ref) return;
  const { signal } = held.ends;
  held.look = setTimeout(async () => {
    const answer = await fetch(`/api/cameras/media/${encodeURIComponent(one.media_ref)}`, { cache: 'no-store', signal }).catch(() => null);
    if (signal.aborted) return;
    if (answer?.status === 200) shows.show(await answer.blob()); else img.replaceWith(make('p', 'problem', text('pictureGone')));
  }, LOOK_MS);
}
function unmanned(one) {
  const figures = one.cameras.map(camera => {
    const img = make('img', 'c-proof'), shows = frame(img), line = make('figcaption');
    img.alt = camera.name;
    held.shows.push({ id: camera.id, shows, line, tag: '', received: null, camera });
    return make('figure', 'c-figure', img, line);
  });
  pane.replaceChildren(...head('unmanned', one.text, [one.point, sinceWords(one.since, clock())]), make('div', 'c-figures', ...figures), one.cameras.length ? '' : make('p', 'problem', text('noCamera')));
  bring();
}
function freshen(one) { held.shows.forEach(shown => { shown.camera = one.cameras.find(camera => camera.id === shown.id) ?? shown.camera; }); }
async function bring() {
  const { signal } = held.ends, now = held.ahead + performance.now() / 1000;
  await Promise.all(held.shows.filter(one => one.id).map(async one => {
    const found = await picture(one.id, one.tag, signal);
    if (found && !signal.aborted && await one.shows.show(found.blob)) Object.assign(one, { tag: found.tag, received: found.received });
    one.line.replaceChildren(state(one.camera.condition), make('span', '', one.camera.name), make('time', '', ageWords(one.received, now)), one.camera.simulated ? make('span', 'r-mock', text('simulated')) : '');
  }));
}

/* ------------------------------------------------------------------ verdicts */

const asked = (item, verdict, reason) => (item.kind !== 'alert'
  ? ['/api/cameras/review', { camera: item.one.camera, detection: item.one.detection, verdict, reason, corrects: item.kind === 'done' ? item.one.event_id : '' }]
  : [`/api/decisions/alert/${encodeURIComponent(item.one.id)}`, verdict === 'confirmed'
    ? { fact: 'acknowledged', version: item.one.version, reason: text('checkedConfirmed') }
    : { fact: 'resolved', version: item.one.version, data: { reason_code: 'false_alarm' }, reason }]);

async function judge(item, verdict, reason = '') {
  if (!item || held.sent.has(item.key)) return;
  held.sent.add(item.key);
  const what = `${item.title}, ${item.where}`, at = held.items.findIndex(one => one.key === item.key);
  if (at >= 0) held.items.splice(at, 1);
  if (held.current === item.key) choose(held.items[Math.min(at, held.items.length - 1)]?.key ?? null); else draw();
  const [path, body] = asked(item, verdict, reason), key = newKey();
  let told = null, answer = null;
  for (let tries = 1; !answer || answer.status === 401; tries += 1) {
    answer = await post(path, body, key);
    if (answer && answer.status !== 401) break;
    told ??= toast('lost', [answer ? text('signedOut') : text('away', { what })]);
    await sleep(Math.min(10000, 1000 * tries));
  }
  told?.remove();
  if (answer.status === 200) toast('done', [text(verdict, { what })], 4000);
  else if (answer.status === 409) toast('failed', [faster(answer.body, what)], 8000);
  else { held.sent.delete(item.key); toast('failed', [text('failed', { what, why: answer.body.error ?? answer.status })]); }
  await load();
  if (item.kind === 'done' && held.isPast && answer.status === 200) choose(`r ${answer.body.event_id}`);
}
const faster = (body, what) => body.changes.map(one => text('faster', { what, by: one.by, fact: verdictWord(one.fact), time: moment(Date.parse(one.at) / 1000, clock()) })).join(' ');

/** A dialog that asks why: its ready words by number, or one's own. `act` is done with them and the item it was opened for, which may have left the
    list meanwhile; returns how it is opened. */
function asking(dialog, act) {
  const words = dialog.querySelector('textarea'), trouble = dialog.querySelector('.a-trouble'), ready = [...dialog.querySelectorAll('[data-reason]')];
  let about = null;
  const send = told => {
    if (!told.trim()) { trouble.hidden = false; trouble.textContent = text('wordsNeeded'); words.focus(); return; }
    dialog.close();
    words.value = '';
    act(about, told.trim());
  };
  ready.forEach(button => button.addEventListener('click', () => send([button.querySelector('span').textContent, words.value.trim()].filter(Boolean).join('. '))));
  dialog.querySelector('form').addEventListener('submit', event => { event.preventDefault(); send(words.value); });
  dialog.querySelector('[data-cancel]').addEventListener('click', () => dialog.close());
  dialog.addEventListener('keydown', event => {
    if (event.target === words) { if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(words.value); } return; }
    if (/^[1-9]$/.test(event.key) && ready[event.key - 1]) { event.preventDefault(); ready[event.key - 1].click(); }
  });
  return (item, told) => {
    about = item;
    dialog.querySelector('.about').textContent = told;
    trouble.hidden = true;
    dialog.showModal();
    ready[0].focus();
  };
}
const other = one => (one.verdict === 'confirmed' ? 'rejected' : 'confirmed');
const askWhy = asking(why, (item, reason) => judge(item, 'rejected', reason));
const askAgain = asking(find('again'), (item, reason) => judge(item, other(item.one), reason));
const confirm = () => { if (!held.isPast) judge(named(held.current), 'confirmed'); };
function refuse() {
  const item = named(held.current);
  if (item && !held.isPast) askWhy(item, `${item.title}, ${item.where}`);
}
function correct() {
  const item = named(held.current);
  if (item && held.isPast) askAgain(item, text('correctTo', { what: `${item.title}, ${item.where}`, before: verdictWord(item.one.verdict), after: verdictWord(other(item.one)) }));
}

const KEYS = { j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1), y: confirm, x: refuse, h: () => turn(!held.isPast), e: correct, '?': () => find('help').showModal() };
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]') || typing(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!KEYS[key]) return;
  event.preventDefault();
  KEYS[key]();
});
find('confirm').addEventListener('click', confirm);
find('reject').addEventListener('click', refuse);
find('correct').addEventListener('click', correct);
find('past').addEventListener('click', () => turn(!held.isPast));
find('help-button').addEventListener('click', () => find('help').showModal());
setInterval(() => { if (!document.hidden) load(); }, EVERY_MS);
setInterval(() => { if (held.shows.some(one => one.id)) bring(); }, PICTURE_MS);
tellActive();
await load();
list.focus();
