/* The desk of citizens' reports: /console/reports. Pieces: list (stands still), pane (one report), acts (what is asked before a decision), deciding
   (sends, takes back, undoes), outbox (until it is answered), link (what others do), measures (keys and milliseconds). */
import { tellActive, toaster, typing } from '../alerts/hands.js';
import { actWord, make, text } from '../alerts/words.js';
import { acts } from './acts.js';
import { asker as askers } from './ask.js';
import { choices, nameOf } from './choices.js';
import { deciding } from './deciding.js';
import { filters as filtering } from './filters.js';
import { link as links } from './link.js';
import { board } from './list.js';
import { measures as measuring } from './measures.js';
import { outbox as outboxes } from './outbox.js';
import { pane as panes } from './pane.js';
import { store as stores } from './store.js';

const find = id => document.getElementById(id);
const root = find('reports'), may = { triage: root.dataset.triage === '1' };
const REFRESH_MS = 60000;
const known = { after: null, loading: null, fresh: new Set(), ask: 0 };
const held = []; // keys that were pressed while a question is got ready: they are for the question
const changes = new Map(); // subject -> {category?, category_name?, priority?}: told with the next decision

const toast = toaster(find('toasts'));
const store = stores(), measures = measuring({ place: find('measures') }), asker = askers({ box: find('ask'), onOpen: () => { known.preparing = false; return held.splice(0); } });
const filters = filtering({ form: document.querySelector('.r-filters'), onChange: () => load() });
const list = board({ place: find('list'), onFocus: report => read(report), onCheck: n => { find('checked').textContent = n ? text('checked', { n }) : ''; }, onEnd: () => more() });
const outbox = outboxes({ who: root.dataset.who, show: unsent, settle: settled });
const desk = deciding({ list, outbox, toast, reload, drop, asker });
const making = acts({ asker, store, changes });
const pane = panes({ place: find('pane'), store, act: begin, open: subject => openOther(subject), shown: subject => measures.shown(subject) });

/* ------------------------------------------------------------------ the list */

const ask = async query => {
  const answer = await fetch(`/api/reports/queue.json?lang=${document.documentElement.lang}&${query}`, { cache: 'no-store' });
  if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { status: answer.status });
  return answer.json();
};

async function load(keep = null) {
  const mine = known.ask += 1;
  try {
    const told = await ask(filters.query());
    if (mine !== known.ask) return;
    list.clear();
    known.fresh.clear();
    known.after = told.after;
    list.add(told.rows);
    filters.counts(told.counts, told.jurisdictions);
    list.looking(known.looking ?? {});
    show();
    const first = keep && list.has(keep) ? keep : told.rows[0]?.subject;
    if (!first) { pane.nothing('choose'); link.looks(''); measures.begins(''); return; }
    if (document.activeElement?.closest?.('.r-filters')) { list.focusless = first; read(told.rows.find(row => row.subject === first)); } else list.focus(first);
  } catch { show(true); }
}
async function more() {
  if (!known.after || known.loading) return;
  const mine = known.ask;
  known.loading = ask(`${filters.query()}&after=${known.after}`).then(told => {
    if (mine !== known.ask) return;
    known.after = told.after;
    list.add(told.rows);
    show();
  }).catch(() => {}).finally(() => { known.loading = null; });
}

const show = failed => {
  find('shown').textContent = failed ? text('unloaded') : text(known.after ? 'shownMore' : 'shown', { n: list.size });
  find('empty').hidden = list.size > 0 || failed;
  find('fresh').hidden = !known.fresh.size;
  find('fresh').textContent = text('fresh', { n: known.fresh.size });
};

/* Rows as they stand now, where they are; answers all that were asked for. */
async function reload(subjects, mark) {
  const fresh = new Map();
  try {
    const told = await ask(`rows=${subjects.map(encodeURIComponent).join(',')}`);
    told.rows.forEach(row => {
      fresh.set(row.subject, row);
      const before = list.report(row.subject);
      if (before) list.set({ ...row, mark: mark ?? (before.mark?.kind === 'failed' ? null : before.mark) });
    });
    const open = subjects.includes(list.current) && list.report(list.current);
    if (open) pane.show(open, changes.get(open.subject) ?? {});
  } catch { /* said by the link's banner */ }
  return fresh;
}
function drop(subject) { store.forget(subject); changes.delete(subject); }

/* ------------------------------------------------------------------ one report */

function read(report) {
  measures.begins(report.subject);
  const standing = pane.show(report, changes.get(report.subject) ?? {});
  link.looks(report.subject);
  // What comes next is there before it is asked for.
  const order = list.ids(), at = order.indexOf(report.subject);
  order.slice(at + 1, at + 3).forEach((subject, ahead) => {
    const row = list.report(subject);
    (ahead ? ['detail'] : ['detail', 'weighed']).forEach(kind => store[kind](subject, row.version).promise.catch(() => {}));
  });
  return standing;
}
async function openOther(subject) {
  if (list.has(subject)) { list.focus(subject); return; }
  const row = (await reload([subject])).get(subject);
  if (row) { list.add([row]); list.focus(subject); } else toast('failed', [text('missing', { what: subject })], 6000);
}

/* ------------------------------------------------------------------ deciding */

const chosen = () => (list.checked.size ? [...list.checked] : [list.current].filter(Boolean)).map(subject => list.report(subject)).filter(Boolean);

async function begin(fact) {
  if (fact === 'undone') { undo(); return; }
  const reports = chosen().filter(report => report.decidable && report.mark?.kind !== 'sent');
  if (!reports.length || asker.open) { if (chosen().length && !asker.open) toast('failed', [text('readOnly')], 4000); return; }
  known.preparing = true;
  const plan = await making.ask[fact](reports);
  known.preparing = false;
  setTimeout(() => { if (!known.preparing) held.splice(0).forEach(key => KEYS[key]?.()); });
  if (!plan || plan.refused) { if (plan) toast('failed', [plan.refused], 5000); list.focus(list.current, { quiet: true }); return; }
  if (reports.length === 1 && !plan.steps(reports[0])) { toast('failed', [text('notFor', { what: reports[0].subject, fact: actWord(fact), state: reports[0].state_word })], 5000); return; }
  const measured = measures.decides(fact), deciding = desk.all(reports, plan);
  reports.forEach(report => list.check(report.subject, false));
  const next = list.next(reports.length > 1 ? list.current : reports[0].subject, new Set(reports.map(report => report.subject)));
  let standing = null;
  if (next && reports.some(report => report.subject === list.current)) { list.focus(next, { quiet: true }); standing = read(list.report(next)); } else if (list.current) list.focus(list.current, { quiet: true });
  if (reports.length === 1) measured(Promise.all([deciding, standing]));
  await deciding;
}
async function undo() {
  if (!desk.undoes) {
    const open = list.report(list.current), whole = open && await store.detail(open.subject, open.version).promise.catch(() => null);
    if (whole?.acts.includes('undone')) await desk.all([open], { fact: 'undone', undoable: false, steps: () => [{ fact: 'undone' }] });
    else toast('failed', [text('nothingToUndo')], 3000);
    return;
  }
  const subject = await desk.undo(list.current);
  toast('done', [text('undone')], 3000);
  if (subject && list.has(subject)) list.focus(subject);
}
const change = told => {
  const report = list.report(list.current);
  if (!report?.decidable || !may.triage) return;
  changes.set(report.subject, { ...changes.get(report.subject), ...told });
  pane.show(report, changes.get(report.subject));
};

/* ------------------------------------------------------------------ what did not arrive, and what others do */

function unsent(items, signedOut) {
  const place = find('unsent');
  place.hidden = !items.length;
  if (!items.length) return;
  const again = make('button', 'plain', text('again'));
  again.type = 'button';
  again.addEventListener('click', () => outbox.again());
  place.replaceChildren(make('b', '', text(signedOut ? 'unsentSignIn' : 'unsent', { n: items.length })), again,
    make('ul', '', ...items.slice(0, 8).map(item => make('li', '', `${actWord(item.steps[item.at]?.fact)} · ${item.subject} · ${item.steps[item.at]?.reason ?? ''}`))));
}
function settled(item, answer) {
  toast(answer.status === 200 ? 'done' : 'failed', [text(answer.status === 200 ? 'settled' : 'refused', { what: item.subject, why: answer.body?.error ?? '' })], 8000);
  drop(item.subject);
  reload([item.subject]);
}

const link = links({
  onLink: kind => {
    const banner = find('link');
    banner.hidden = !kind;
    banner.textContent = kind ? text(kind === 'lost' ? 'noLink' : kind) : '';
    root.toggleAttribute('data-old', Boolean(kind));
  },
  onHello: (looking, first) => {
    known.looking = looking;
    list.looking(looking);
    if (!first) { catchUp(); outbox.again(); }
  },
  onChanged: told => {
    if (told.looking) { known.looking = told.looking; list.looking(told.looking); pane.looking(told.looking[list.current]); }
    if (told.many) { catchUp(); return; }
    others(told.changed);
  },
});

/* Rows that others changed say so where they stand; what is new is only counted. */
async function others(changed) {
  const fresh = [];
  for (const one of changed) {
    const row = list.report(one.subject);
    if (!row) fresh.push(one.subject);
    else if (one.version > row.version && row.mark?.kind !== 'sent' && !one.mine) {
      store.forget(one.subject);
      await reload([one.subject], { kind: 'other', text: text(one.by ? 'doneBy' : 'doneElsewhere', { by: one.by, state: nameOf('states', one.state) }) });
    }
  }
  if (fresh.length) await count(fresh);
}
async function count(subjects) {
  try {
    const told = await ask(`${filters.query()}&these=${subjects.map(encodeURIComponent).join(',')}`), found = new Set(told.rows.map(row => row.subject));
    subjects.forEach(subject => { if (found.has(subject) && !list.has(subject)) known.fresh.add(subject); else known.fresh.delete(subject); });
    if (!list.size && known.fresh.size) await load();
    show();
  } catch { /* the next change, or the way back, tells it again */ }
}
async function catchUp() {
  const waiting = list.reports().filter(row => row.mark?.kind !== 'sent'), before = new Map(waiting.map(row => [row.subject, row.version]));
  for (let at = 0; at < waiting.length; at += 200) {
    const told = await reload(waiting.slice(at, at + 200).map(row => row.subject));
    told.forEach(row => { if (row.version > before.get(row.subject)) list.set({ ...row, mark: { kind: 'other', text: text(row.by ? 'doneBy' : 'doneElsewhere', { by: row.by, state: row.state_word }) } }); });
  }
  const first = await ask(filters.query()).catch(() => null);
  if (first) { filters.counts(first.counts, first.jurisdictions); first.rows.forEach(row => { if (!list.has(row.subject)) known.fresh.add(row.subject); }); show(); }
}
setInterval(() => { const shown = list.ids().slice(0, 200); if (shown.length && !document.hidden) reload(shown.filter(subject => list.report(subject).mark?.kind !== 'sent' && subject !== list.current)); }, REFRESH_MS);

/* ------------------------------------------------------------------ keys */

const KEYS = {
  j: () => list.step(1), ArrowDown: () => list.step(1), k: () => list.step(-1), ArrowUp: () => list.step(-1),
  o: () => find('pane').focus(), Enter: () => find('pane').focus(), y: () => begin('accept'), v: () => begin('verified'), a: () => begin('assigned'), x: () => begin('rejected'),
  m: () => begin('merged'), f: () => begin('referred'), i: () => begin('needs_info'), p: () => begin('paused'), e: () => begin('extended'), d: () => begin('denied'),
  b: () => begin('published'), r: () => begin('reopened'), u: () => undo(),
  c: async () => { const told = await making.category(); if (told?.item) change({ category: told.item.code, category_name: told.item.name }); list.focus(list.current, { quiet: true }); },
  1: () => change({ priority: 1 }), 2: () => change({ priority: 2 }), 3: () => change({ priority: 3 }), 4: () => change({ priority: 4 }),
  ' ': () => { if (list.current) list.check(list.current, !list.checked.has(list.current)); },
  n: () => load(list.current), '/': () => filters.search(), t: () => { find('measures').hidden = !find('measures').hidden; }, '?': () => find('help').showModal(),
  g: async () => { const told = await making.stage(filters.stages()); if (told?.item) filters.stage(told.item.code); else list.focus(list.current, { quiet: true }); },
  Escape: () => { [...list.checked].forEach(subject => list.check(subject, false)); list.focus(list.current, { quiet: true }); },
};
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  measures.key(event);
  if (known.preparing) { event.preventDefault(); held.push(event.key); return; }
  if (document.querySelector('dialog[open]')) return;
  if (typing(event.target)) {
    if (event.target.closest('.r-filters') && (event.key === 'Escape' || (event.key === 'Enter' && event.target.type === 'search'))) { event.preventDefault(); filters.now(); list.focus(list.current ?? list.ids()[0], { quiet: true }); }
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if ((key === 'Enter' || key === ' ') && event.target.closest('button, a, label, input, select')) return;
  if (/^Arrow/.test(key) && event.target.closest('.r-pane')) return;
  if (!KEYS[key]) return;
  event.preventDefault();
  KEYS[key]();
});

find('help-button').addEventListener('click', () => find('help').showModal());
find('fresh').addEventListener('click', () => load(list.current));
tellActive();
outbox.resume();
const wanted = new URLSearchParams(location.search).get('open');
await load(wanted);
if (wanted && !list.has(wanted)) await openOther(wanted);
