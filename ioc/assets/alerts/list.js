/* The list: a row an alert, kept as it is where nothing changed, so that focus, selection and scrolling stay. */
import { make, moment, pill, span, stateWord, text } from './words.js';

const NEW_S = 30;

export function board({ place, now, act, onOpen, onCheck }) {
  const rows = new Map(); // id -> {row, cells, box, seen, alert, since}
  const checked = new Set();
  let current = null;

  const made = alert => {
    const row = make('div', 'a-row');
    row.setAttribute('role', 'row');
    row.dataset.id = alert.id;
    row.tabIndex = -1;
    const names = ['tick', 'level', 'told', 'cases', 'age', 'who'];
    const cells = Object.fromEntries(names.map(name => [name, make('div', `a-${name}`)]));
    names.forEach(name => { cells[name].setAttribute('role', 'gridcell'); row.append(cells[name]); });
    const box = make('input');
    box.type = 'checkbox';
    box.tabIndex = -1;
    if (act) cells.tick.append(box);
    return { row, cells, box, seen: '', since: 0 };
  };

  const fill = (entry, alert) => {
    const { row, cells, box } = entry;
    const seen = JSON.stringify(alert);
    entry.alert = alert;
    if (seen === entry.seen) return;
    entry.seen = seen;
    row.dataset.severity = alert.severity;
    row.dataset.state = alert.state;
    box.setAttribute('aria-label', alert.text);
    cells.level.replaceChildren(pill(alert.severity));
    const marks = [alert.simulated && make('span', 'a-mark', text('simulated')), alert.escalated > 0 && make('span', 'a-up', text('escalated', { role: alert.told })),
      !alert.live && alert.state !== 'resolved' && make('span', 'a-faint', text('gone'))].filter(Boolean);
    cells.told.replaceChildren(make('b', '', alert.text), make('small', '', `${alert.rule} · ${alert.title}`, ...marks));
    cells.cases.replaceChildren(alert.cases > 1 ? make('span', '', String(alert.cases)) : '');
    if (alert.cases > 1) cells.cases.firstChild.title = text('cases', { n: alert.cases });
    const hand = [alert.hand, alert.owner].filter(Boolean).join(' → ');
    const until = alert.state === 'suppressed' && alert.until ? text('until', { time: moment(alert.until, now()) }) : '';
    cells.who.replaceChildren(make('b', 'a-state', stateWord(alert.state), alert.mine ? ` · ${text('mine')}` : ''), make('small', '', until || hand));
    cells.who.lastChild.title = until || hand;
  };

  const age = entry => {
    const told = span(now() - entry.alert.since);
    if (entry.cells.age.textContent !== told) entry.cells.age.textContent = told;
    const isNew = now() - entry.since < NEW_S;
    if (('fresh' in entry.row.dataset) !== isNew) entry.row.toggleAttribute('data-fresh', isNew);
  };

  const mark = id => {
    current = id;
    rows.forEach(({ row }, other) => {
      const is = other === id;
      row.tabIndex = is ? 0 : -1;
      if (is) row.setAttribute('aria-current', 'true'); else row.removeAttribute('aria-current');
    });
  };

  const check = (id, is) => {
    if (is) checked.add(id); else checked.delete(id);
    const entry = rows.get(id);
    if (entry) { entry.box.checked = is; entry.row.setAttribute('aria-selected', String(is)); }
    onCheck(checked.size);
  };

  const ids = () => Array.from(place.children, row => row.dataset.id);
  const focus = id => {
    const entry = rows.get(id);
    if (!entry) return;
    mark(id);
    entry.row.focus({ preventScroll: true });
    entry.row.scrollIntoView({ block: 'nearest' });
  };

  const idOf = target => target.closest?.('.a-row')?.dataset.id;
  place.addEventListener('click', event => {
    const id = idOf(event.target);
    if (!id) return;
    if (event.target.closest('.a-tick')) {
      if (act) check(id, event.target.type === 'checkbox' ? event.target.checked : !checked.has(id));
      return mark(id);
    }
    focus(id);
    return onOpen(id);
  });
  place.addEventListener('focusin', event => { const id = idOf(event.target); if (id && id !== current) mark(id); });

  return {
    checked, check, focus, ids, age: () => rows.forEach(age),
    get current() { return current; },
    pending: (id, is) => rows.get(id)?.row.toggleAttribute('data-pending', is),
    /* The rows in this order. `known`: false while the first list is shown, whose alerts are not new. */
    show(alerts, known) {
      const had = document.activeElement?.closest?.('.a-row'), before = ids(), at = before.indexOf(current);
      const wanted = new Set(alerts.map(alert => alert.id));
      rows.forEach(({ row }, id) => { if (!wanted.has(id)) { row.remove(); rows.delete(id); checked.delete(id); } });
      let cursor = place.firstElementChild;
      alerts.forEach(alert => {
        let entry = rows.get(alert.id);
        if (!entry) { entry = made(alert); entry.since = known ? now() : 0; rows.set(alert.id, entry); }
        fill(entry, alert);
        entry.row.setAttribute('aria-selected', String(checked.has(alert.id)));
        if (entry.row === cursor) cursor = cursor.nextElementSibling; else place.insertBefore(entry.row, cursor);
      });
      rows.forEach(age);
      place.setAttribute('aria-rowcount', String(alerts.length));
      if (!rows.has(current)) {
        // What was looked at has gone: the next one takes its place, as a list that is worked off from above.
        const next = before.slice(at + 1).find(id => rows.has(id)) ?? before.slice(0, Math.max(at, 0)).reverse().find(id => rows.has(id)) ?? alerts[0]?.id ?? null;
        mark(next);
      } else mark(current);
      if (had && document.activeElement !== had && current) rows.get(current).row.focus({ preventScroll: true });
      onCheck(checked.size);
    },
    step(by) {
      const order = ids(), at = order.indexOf(current);
      const next = order[Math.min(order.length - 1, Math.max(0, document.activeElement?.closest?.('.a-row') ? at + by : Math.max(at, 0)))];
      if (next) focus(next);
      return next;
    },
  };
}
