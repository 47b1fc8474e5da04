/* How a report's urgency, its time left and a moment are shown; by shape and word, not by colour alone. */
import { make, moment, text } from '../alerts/words.js';

const DAY_S = 8 * 3600; // of work

export const priority = (n, ours) => {
  const made = make('span', 'r-pill', `P${n}`, ours ? '' : make('i', '', '✓'));
  made.dataset.priority = n;
  made.title = text(`priority${n}`) + (ours ? '' : ` · ${text('decidedPriority')}`);
  return made;
};

const long = (seconds, unit) => {
  const s = Math.abs(seconds), day = unit === 'working' ? DAY_S : 86400;
  if (s >= day) return text('spanDays', { d: Math.floor(s / day), h: Math.floor((s % day) / 3600) });
  return s >= 3600 ? text('spanHours', { h: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60) }) : text('spanMinutes', { m: Math.floor(s / 60) });
};

/* Time left, of work where it counts so; null = there is no deadline. */
export const left = told => {
  if (!told) return null;
  const kind = told.stands ? 'stands' : told.s < 0 ? 'late' : told.s < 4 * 3600 ? 'soon' : 'fine';
  const made = make('span', 'r-time', text({ stands: 'clockStands', late: 'lateBy', soon: 'leftOf', fine: 'leftOf' }[kind], { span: long(told.s, told.unit) }));
  made.dataset.kind = kind;
  made.title = text(told.unit === 'working' ? 'workingTime' : 'clockTime');
  return made;
};

export const at = unix => (unix ? moment(unix, Date.now() / 1000) : '');
