/* The desk of whoever answers alerts: /console/alerts. Asks for the list every two seconds, keeps what is selected and typed, and says so when it
   does not know any more. Pieces: alerts/words, list, pane, acts, sound, ticker. */
import { acts } from './alerts/acts.js';
import { tellActive, typing } from './alerts/hands.js';
import { board } from './alerts/list.js';
import { can, pane } from './alerts/pane.js';
import { sounder } from './alerts/sound.js';
import { tasks } from './alerts/tasks.js';
import { folded, moment, severityWord, text } from './alerts/words.js';

const SILENT_MS = 7000; // two polls that did not come, and a breath
const ENGINE_S = 120;
const FOLLOW_MS = 300;
const WATCHED = new Set(['raised', 'acknowledged', 'assigned']);
const find = id => document.getElementById(id);
const root = find('alerts');
const may = { act: root.dataset.act === '1', grave: root.dataset.grave === '1', task: root.dataset.task === '1' };
const form = document.querySelector('.a-filters');

const known = { alerts: new Map(), open: new Map(), etag: '', mode: '', whole: true, first: true, offset: null, heardAt: performance.now(), okAt: null, looked: '', refused: 0 };
const now = () => (known.offset ?? Date.now() / 1000) + (known.offset === null ? 0 : performance.now() / 1000);

const list = board({ place: find('list'), now, act: may.act, onOpen: id => details.show(id), onCheck: n => showChecked(n) });
const desk = acts({ toasts: find('toasts'), said: find('said'), now, known, pending: list.pending, after: () => poll() });
const details = pane({ place: find('pane'), now, may, act: (fact, ids) => begin(fact, ids) });
const sound = sounder({ button: find('sound'), now, rules: { severity: Number(root.dataset.soundSeverity), grave: Number(root.dataset.soundGrave),
  from: root.dataset.soundFrom, until: root.dataset.soundUntil } });

/* ------------------------------------------------------------------ filters, kept in the address */

const language = new URLSearchParams(location.search).get('lang'); // asked for in the address alone
const FIELDS = ['q', 'state', 'who', 'panel', 'place'];
const filters = () => {
  const values = new FormData(form);
  return { ...Object.fromEntries(FIELDS.map(name => [name, String(values.get(name) ?? '')])), sev: values.getAll('sev').map(Number) };
};
const readAddress = () => {
  const asked = new URLSearchParams(location.search);
  FIELDS.forEach(name => {
    const value = asked.get(name) ?? '', field = form.elements[name];
    if (name === 'place' && value) field.append(new Option(value, value));
    field.value = value;
  });
  const levels = (asked.get('sev') ?? '').split(',');
  form.querySelectorAll('[name=sev]').forEach(box => { box.checked = levels.includes(box.value); });
  return asked.get('open');
};
const writeAddress = () => {
  const chosen = filters(), told = new URLSearchParams(FIELDS.filter(name => chosen[name]).map(name => [name, chosen[name]]));
  if (chosen.sev.length) told.set('sev', chosen.sev.join(','));
  if (details.open) told.set('open', details.open);
  if (language) told.set('lang', language);
  const query = told.toString();
  history.replaceState(null, '', query ? `?${query}` : location.pathname);
};
const matcher = chosen => {
  const wanted = folded(chosen.q).split(' ').filter(Boolean);
  return alert => (chosen.state === 'ended' || chosen.state === 'open' || (chosen.state ? alert.state === chosen.state : WATCHED.has(alert.state)))
    && (!chosen.sev.length || chosen.sev.includes(alert.severity)) && (!chosen.panel || alert.panel === chosen.panel) && (!chosen.place || alert.place === chosen.place)
    && (!chosen.who || (chosen.who === 'mine' ? alert.mine : alert.state === 'raised')) && wanted.every(word => alert.key.includes(word));
};

/* ------------------------------------------------------------------ what is shown */

const render = () => {
  const chosen = filters(), everything = [...known.alerts.values()], shown = everything.filter(matcher(chosen));
  list.show(shown, !known.first);
  const free = shown.filter(alert => alert.state === 'raised').length, watched = everything.filter(alert => WATCHED.has(alert.state));
  const ended = chosen.state === 'ended';
  find('shown').textContent = `${text(ended ? 'ended' : shown.length === watched.length ? 'shown' : 'shownOf', { n: shown.length, all: everything.length, free })}${known.whole ? '' : ` ${text('cut')}`}`;
  find('empty').hidden = shown.length > 0 || known.okAt === null;
  find('empty').textContent = text(everything.length && !ended ? 'noneFound' : 'none');
  if (!ended) {
    form.querySelectorAll('[data-count]').forEach(place => { place.textContent = watched.filter(alert => alert.severity === Number(place.dataset.count)).length; });
    const fresh = watched.filter(alert => alert.state === 'raised').length;
    document.title = fresh ? `(${fresh}) ${text('title')}` : text('title');
  }
  const field = form.elements.place, places = [...new Set(everything.map(alert => alert.place))].sort((a, b) => a.localeCompare(b, 'vi'));
  const wanted = [field.options[0].value, ...new Set([...places, field.value].filter(Boolean))];
  if (document.activeElement !== field && wanted.join('|') !== Array.from(field.options, option => option.value).join('|')) {
    const value = field.value;
    field.replaceChildren(field.options[0], ...wanted.slice(1).map(name => new Option(name, name)));
    field.value = value;
  }
};

function showChecked(n) {
  if (!may.act) return;
  find('bulk').hidden = n === 0;
  find('checked').textContent = text('checked', { n });
  const shown = list.ids();
  find('all').checked = n > 0 && shown.every(id => list.checked.has(id));
  find('all').indeterminate = n > 0 && !find('all').checked;
}

const announce = before => {
  const fresh = [...known.alerts.values()].filter(alert => alert.state === 'raised' && !before.has(alert.id));
  if (!fresh.length) return;
  const [worst] = fresh;
  const words = { n: fresh.length, severity: severityWord(worst.severity), text: worst.text };
  desk.said(text(fresh.length === 1 ? 'newOne' : 'newMany', words));
};

/* The banner says what is not known: no answer, nobody signed in, or an engine that stands still. */
const showLink = () => {
  const lost = performance.now() - known.heardAt > SILENT_MS, banner = find('link');
  const silent = known.looked === '' ? 'never' : now() - Number(known.looked) > ENGINE_S ? 'silent' : '';
  const kind = known.refused ? 'signedOut' : lost ? 'lost' : known.okAt === null ? '' : silent;
  const since = kind === 'silent' ? Number(known.looked) : known.okAt ?? now();
  const told = kind ? text(kind, { time: moment(since, now()) }) : '';
  if (banner.textContent !== told) banner.textContent = told;
  banner.dataset.kind = kind;
  banner.hidden = !kind;
  root.toggleAttribute('data-old', kind === 'lost' || kind === 'signedOut');
};

/* ------------------------------------------------------------------ asking */

let asking = null;
async function poll() {
  if (asking) { asking.again = true; return; }
  const mine = asking = { again: false }, mode = form.elements.state.value === 'ended' ? '&ended=1' : '';
  try {
    const answer = await fetch(`/api/alerts.json?lang=${document.documentElement.lang}${mode}`, { cache: 'no-store', headers: known.etag && known.mode === mode ? { 'If-None-Match': known.etag } : {},
      signal: AbortSignal.timeout(SILENT_MS) });
    known.refused = answer.status === 401 || answer.status === 403 ? answer.status : 0;
    if (answer.status === 304 || answer.ok) {
      known.offset = Number(answer.headers.get('Ioc-Now')) - performance.now() / 1000;
      known.looked = answer.headers.get('Ioc-Looked');
      const body = answer.ok ? await answer.json() : null;
      known.heardAt = performance.now();
      known.okAt = now();
      if (body) take(body, answer.headers.get('ETag'), mode);
    }
  } catch {
    // Said by the banner, once it has lasted.
  }
  asking = null;
  showLink();
  if (known.okAt !== null) details.refresh(known.alerts.get(details.open));
  if (mine.again) poll();
}

const take = ({ alerts, whole }, etag, mode) => {
  const before = known.open;
  Object.assign(known, { alerts: new Map(alerts.map(alert => [alert.id, alert])), etag, mode, whole });
  if (!mode) {
    known.open = known.alerts;
    sound.hear(alerts);
    if (!known.first) announce(before);
  }
  render();
  known.first = false;
};

/* ------------------------------------------------------------------ acting */

const until = values => ({ reason_code: values.get('reason_code'), until_at: new Date((now() + 3600 * Number(values.get('hours')) - 60) * 1000).toISOString() });
const dialogs = {
  assigned: desk.dialog('assigned', { data: values => ({ owner_org: values.get('owner_org') }) }),
  suppressed: desk.dialog('suppressed', { data: until }),
  resolved: desk.dialog('resolved', { data: values => ({ reason_code: values.get('reason_code') }) }),
  reopened: desk.dialog('reopened', { data: () => ({}) }),
  task: tasks(desk, now),
};

async function begin(fact, ids) {
  const chosen = ids.map(id => known.alerts.get(id)).filter(Boolean);
  const targets = fact === 'task' ? chosen.slice(0, 1) : ids.length > 1 ? chosen.filter(alert => can(alert, fact, may)) : chosen;
  if (!targets.length || (fact === 'task' ? !may.task : !may.act)) return;
  if (targets.length === 1 && fact !== 'task' && !can(targets[0], fact, may)) {
    if (targets[0].severity === 4 && !may.grave && fact !== 'acknowledged') desk.toast('failed', [text('needsLead')], 6000);
    return;
  }
  if (dialogs[fact]) { dialogs[fact](targets); return; }
  const failed = await desk.all(targets, fact);
  if (failed.length) desk.complain(fact, failed);
  targets.forEach(({ id }) => { if (!failed.some(({ alert }) => alert.id === id)) list.check(id, false); });
}
/* What a key is about: what is ticked, else what one reads, else the row. */
const one = () => (document.activeElement?.closest('#pane') ? details.open : list.current);
const chosen = () => (list.checked.size ? [...list.checked] : [one()].filter(Boolean));

/* Once an alert is open beside the list, it is the one that stands under the hand. */
let following = 0;
const step = by => {
  const id = list.step(by);
  clearTimeout(following);
  if (id && details.open && id !== details.open) following = setTimeout(() => list.current === id && openOne(id), FOLLOW_MS);
};

const KEYS = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  Enter: () => { if (list.current) openOne(list.current); }, a: () => begin('acknowledged', chosen()), g: () => begin('assigned', chosen()),
  s: () => begin('suppressed', chosen()), r: () => begin('resolved', chosen()), t: () => begin('task', [one()]),
  x: () => may.act && list.current && list.check(list.current, !list.checked.has(list.current)),
  '/': () => form.elements.q.focus(), '?': () => find('help').showModal(),
  Escape: () => { if (list.checked.size) [...list.checked].forEach(id => list.check(id, false)); else if (list.current) list.focus(list.current); },
};
function openOne(id) { details.show(id); writeAddress(); }
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]')) return;
  if (typing(event.target)) { if (event.key === 'Escape' && form.contains(event.target)) { event.target.blur(); if (list.current) list.focus(list.current); } return; }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.key === 'Enter' && event.target.closest('button, a, label, input')) return;
  if (/^Arrow/.test(key) && event.target.closest('input, aside')) return;
  if (!KEYS[key]) return;
  event.preventDefault();
  KEYS[key]();
});

/* ------------------------------------------------------------------ wiring */

form.addEventListener('submit', event => event.preventDefault());
form.addEventListener('input', event => { writeAddress(); render(); if (event.target.name === 'state') poll(); });
form.addEventListener('reset', () => setTimeout(() => { writeAddress(); render(); poll(); }));
find('list').addEventListener('click', () => writeAddress());
find('help-button').addEventListener('click', () => find('help').showModal());
if (may.act) {
  find('all').addEventListener('change', event => list.ids().forEach(id => list.check(id, event.target.checked)));
  find('uncheck').addEventListener('click', () => [...list.checked].forEach(id => list.check(id, false)));
  root.querySelectorAll('[data-bulk]').forEach(button => button.addEventListener('click', () => begin(button.dataset.bulk, [...list.checked])));
}
tellActive();

const asked = readAddress();
const ticker = new Worker('/static/alerts/ticker.js');
ticker.onmessage = () => { if (!asking) poll(); showLink(); list.age(); sound.show(); };
await poll();
if (asked) details.show(asked);
if (list.current) list.focus(list.current);
