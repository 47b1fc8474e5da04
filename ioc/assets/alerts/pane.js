/* One alert in full: what it says, what stands behind it now, what it goes by, what became of it, and what can be done. */
import { actWord, codeWord, factWord, make, moment, pill, severityWord, stateWord, text } from './words.js';

const NEXT = { raised: ['acknowledged', 'assigned', 'suppressed', 'resolved'], acknowledged: ['assigned', 'suppressed', 'resolved'], assigned: ['assigned', 'suppressed', 'resolved'],
  suppressed: ['unsuppressed', 'suppressed', 'resolved'], resolved: ['reopened', 'closed'], closed: [] };
const KEYS = { acknowledged: 'a', assigned: 'g', suppressed: 's', resolved: 'r', task: 't' };
const GRAVE = new Set(['suppressed', 'resolved', 'closed']);

export const can = (alert, fact, may) => Boolean(may.act && NEXT[alert.state]?.includes(fact) && !(alert.severity === 4 && GRAVE.has(fact) && !may.grave));

export function pane({ place, now, may, act }) {
  let open = null; // id
  let version = null;
  let asked = 0;

  const ask = async (path, id) => {
    const answer = await fetch(`${path}?lang=${document.documentElement.lang}&id=${encodeURIComponent(id)}`, { cache: 'no-store' });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const button = (alert, fact) => {
    const made = make('button', fact === NEXT[alert.state][0] ? '' : 'plain', actWord(fact), KEYS[fact] ? make('kbd', '', KEYS[fact]) : null);
    made.type = 'button';
    made.disabled = !can(alert, fact, may);
    if (made.disabled) made.title = text('needsLead');
    made.addEventListener('click', () => act(fact, [alert.id]));
    return made;
  };
  const buttons = alert => {
    const made = may.act ? NEXT[alert.state].map(fact => button(alert, fact)) : [];
    if (may.task) {
      const task = make('button', 'plain', actWord('task'), make('kbd', '', KEYS.task));
      task.type = 'button';
      task.addEventListener('click', () => act('task', [alert.id]));
      made.push(task);
    }
    return make('div', 'a-acts', ...made);
  };

  const said = event => {
    const by = event.by || event.role || text('centre');
    const parts = [event.severity ? severityWord(event.severity) : '', event.owner, event.told && text('escalated', { role: event.told }),
      event.until && text('until', { time: moment(event.until, now()) }), event.reason && codeWord(event.reason)].filter(Boolean);
    const time = make('time', '', moment(event.at, now()));
    return make('li', '', time, make('span', '', make('b', '', `${by}: ${factWord(event.fact)}`), parts.length ? ` – ${parts.join('; ')}` : '',
      event.by && event.role ? make('small', '', event.role) : null, event.note ? make('q', '', event.note) : null));
  };

  const facts = alert => {
    const pairs = [['place', alert.place], ['since', moment(alert.since, now())], ['hand', alert.hand], ['owner', alert.owner], ['rule', `${alert.rule} – ${alert.title}`],
      ['basis', alert.basis]].filter(([, value]) => value);
    return make('dl', 'a-facts', ...pairs.flatMap(([key, value]) => [make('dt', '', text(key)), make('dd', '', value)]));
  };
  const link = (href, words) => { const made = make('a', '', words); made.href = href; return made; };

  const show = alert => {
    const top = place.scrollTop, kept = place.dataset.id === alert.id ? place.querySelector('.a-behind') : null;
    const behind = kept ?? make('div', 'a-behind', make('p', 'a-faint', text('loading')));
    const head = make('p', 'a-status', pill(alert.severity), make('b', '', stateWord(alert.state)), alert.simulated ? make('span', 'a-mark', text('simulated')) : null,
      alert.takeover ? make('span', 'a-up', text('takeover')) : null);
    const levels = make('ul', 'a-levels', ...alert.levels.map(level => make('li', '', pill(level.severity), ' ', level.text)));
    const links = make('p', 'a-more', alert.panel ? link(`/wall/${encodeURIComponent(alert.panel)}`, text('panel')) : null, alert.cap ? link(alert.cap, text('cap')) : null);
    place.replaceChildren(head, make('h2', '', alert.text), buttons(alert), make('h3', '', text('behind')), behind, facts(alert),
      make('h3', '', text('levels')), levels, make('h3', '', text('timeline')), make('ol', 'a-events', ...alert.events.toReversed().map(said)), links);
    place.dataset.id = alert.id;
    place.scrollTop = kept ? top : 0;
  };

  const showBehind = ({ state, n, items }) => {
    const box = place.querySelector('.a-behind');
    if (!box) return;
    if (state !== 'found') return box.replaceChildren(make('p', 'a-faint', text({ over: 'behindNone', late: 'behindLate' }[state] ?? 'behindOff')));
    if (items === null) return box.replaceChildren(make('p', '', text('behindPrivate', { n })));
    const list = make('ul', 'a-items', ...items.map(item => make('li', '', item)));
    return box.replaceChildren(make('p', '', text('cases', { n })), list, n > items.length ? make('p', 'a-faint', text('behindMore', { n: n - items.length })) : '');
  };

  const load = async (id, again) => {
    const mine = asked += 1;
    try {
      const alert = await ask('/api/alert.json', id);
      if (mine !== asked) return;
      version = alert.version;
      show(alert);
      if (!again) { const things = await ask('/api/alert/behind.json', id); if (mine === asked) showBehind(things); }
    } catch {
      if (mine !== asked) return;
      if (place.dataset.id !== id) place.replaceChildren(make('p', 'a-faint', text('unloaded')));
      version = null;
    }
  };

  const nothing = () => { place.replaceChildren(make('p', 'a-faint', text('choose'))); delete place.dataset.id; };
  nothing();
  return {
    get open() { return open; },
    show(id) { open = id; version = null; if (id) load(id); else { asked += 1; nothing(); } },
    /* The list has come anew: what is open is asked for again where it has changed, or could not be had. */
    refresh(alert) { if (open && (version === null || !alert || alert.version !== version)) load(open, Boolean(version) && place.dataset.id === open); },
  };
}
