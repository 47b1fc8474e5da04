/* The list stands still while somebody chooses: rows are added at its end or all anew when asked for; what others did is marked where the row stands. */
import { make, text } from '../alerts/words.js';
import { left, priority } from './marks.js';

export function board({ place, onFocus, onCheck, onEnd }) {
  const rows = new Map(); // subject -> {row, cells, box, seen, report}
  const checked = new Set();
  let current = null;

  const made = report => {
    const row = make('div', 'r-row');
    row.setAttribute('role', 'row');
    row.dataset.subject = report.subject;
    row.tabIndex = -1;
    const cells = Object.fromEntries(['tick', 'level', 'told', 'left', 'state'].map(name => [name, make('div', `r-${name}`)]));
    Object.values(cells).forEach(cell => { cell.setAttribute('role', 'gridcell'); row.append(cell); });
    const box = make('input');
    box.type = 'checkbox';
    box.tabIndex = -1;
    cells.tick.append(box);
    return { row, cells, box, seen: '', report, looking: '' };
  };

  const fill = (entry, report) => {
    entry.report = report;
    const seen = JSON.stringify([report, entry.looking]);
    if (seen === entry.seen) return;
    entry.seen = seen;
    const { row, cells, box } = entry, mark = report.mark;
    Object.assign(row.dataset, { state: report.state, priority: report.priority, mark: mark?.kind ?? '' });
    box.setAttribute('aria-label', report.subject);
    cells.level.replaceChildren(priority(report.priority, report.ours));
    const words = report.lost ? text('lost') : report.text || text('noWords');
    const signs = [report.photos > 0 && make('span', 'r-sign', text('photoCount', { n: report.photos })), report.reopened > 0 && make('span', 'r-sign', text('reopenedOnce')),
      ...report.asks.map(what => make('span', 'r-sign', text(what === 'pause' ? 'asksPause' : 'asksExtension'))), report.simulated && make('span', 'r-mock', text('simulated'))].filter(Boolean);
    const where = [report.category_name, report.unit || report.address, report.subject].filter(Boolean).join(' · ');
    cells.told.replaceChildren(make('b', '', words), make('div', 'r-sub', make('small', '', where), ...signs));
    cells.told.firstChild.title = words;
    cells.left.replaceChildren(left(report.left) ?? '');
    cells.state.replaceChildren(make('b', '', mark?.text ?? report.state_word), make('small', entry.looking ? 'r-looking' : '', entry.looking || report.agency));
    cells.state.title = `${mark?.text ?? report.state_word} ${entry.looking || report.agency}`;
  };

  const mark = subject => {
    if (current && rows.has(current)) { const { row } = rows.get(current); row.tabIndex = -1; row.removeAttribute('aria-current'); }
    current = subject;
    if (subject && rows.has(subject)) { const { row } = rows.get(subject); row.tabIndex = 0; row.setAttribute('aria-current', 'true'); }
  };
  const check = (subject, is) => {
    const entry = rows.get(subject);
    if (!entry) return;
    if (is) checked.add(subject); else checked.delete(subject);
    entry.box.checked = is;
    entry.row.setAttribute('aria-selected', String(is));
    onCheck(checked.size);
  };
  const ids = () => Array.from(place.children, row => row.dataset.subject);
  const nearEnd = () => {
    let row = rows.get(current)?.row;
    for (let n = 0; row && n < 20; n += 1) row = row.nextElementSibling;
    if (!row) onEnd();
  };
  const focus = (subject, { quiet = false } = {}) => {
    const entry = rows.get(subject);
    if (!entry) return;
    mark(subject);
    entry.row.focus({ preventScroll: true });
    entry.row.scrollIntoView({ block: 'nearest' });
    nearEnd();
    if (!quiet) onFocus(entry.report);
  };

  place.addEventListener('click', event => {
    const subject = event.target.closest?.('.r-row')?.dataset.subject;
    if (!subject) return;
    if (event.target.closest('.r-tick')) check(subject, !checked.has(subject) || event.target.checked === true);
    focus(subject);
  });
  place.addEventListener('scroll', () => { if (place.scrollTop + place.clientHeight > place.scrollHeight - 600) onEnd(); }, { passive: true });

  return {
    checked, check, focus, ids,
    get current() { return current; },
    get size() { return rows.size; },
    has: subject => rows.has(subject),
    report: subject => rows.get(subject)?.report,
    reports: () => ids().map(subject => rows.get(subject).report),
    /* One row as it stands now, where it is. */
    set(report) { const entry = rows.get(report.subject); if (entry) fill(entry, report); },
    add(reports) {
      const fresh = document.createDocumentFragment();
      reports.forEach(report => {
        if (rows.has(report.subject)) return;
        const entry = made(report);
        rows.set(report.subject, entry);
        fill(entry, report);
        fresh.append(entry.row);
      });
      place.append(fresh);
      place.setAttribute('aria-rowcount', String(rows.size));
    },
    clear() { place.replaceChildren(); rows.clear(); checked.clear(); current = null; onCheck(0); },
    looking(names) {
      rows.forEach((entry, subject) => {
        const told = (names[subject] ?? []).length ? text('looks', { names: names[subject].join(', ') }) : '';
        if (told !== entry.looking) { entry.looking = told; fill(entry, entry.report); }
      });
    },
    /* The row below or above. */
    step(by) {
      const from = rows.get(current)?.row;
      const to = from ? (by > 0 ? from.nextElementSibling : from.previousElementSibling) : place.firstElementChild;
      if (to) focus(to.dataset.subject); else if (from) focus(current, { quiet: true });
    },
    /* The next one below that nobody has decided yet, else one above. */
    next(after = current, skip = new Set()) {
      const order = ids(), at = order.indexOf(after);
      const waits = subject => { const { report } = rows.get(subject); return subject !== after && !skip.has(subject) && !['mine', 'other', 'sent'].includes(report.mark?.kind); };
      return order.slice(at + 1).find(waits) ?? order.slice(0, Math.max(at, 0)).reverse().find(waits) ?? null;
    },
  };
}
