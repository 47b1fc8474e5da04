/* Texts that the page brought along, spans and moments of the centre's own time, and the key by which texts are searched without marks. */
const texts = document.getElementById('texts').dataset;
const LOCAL_MS = 7 * 3600 * 1000; // Asia/Ho_Chi_Minh, wherever this browser stands

export const text = (key, values = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '—');
const named = kind => name => text(kind + String(name).split('_').map(part => part.charAt(0).toUpperCase() + part.slice(1)).join(''));
export const severityWord = n => texts[`severity-${n}`];
export const stateWord = named('state');
export const factWord = named('fact');
export const codeWord = named('code');
export const actWord = named('act');

export const span = seconds => {
  const s = Math.max(0, seconds);
  if (s < 60) return text('seconds', { n: Math.floor(s) });
  if (s < 7200) return text('minutes', { n: Math.floor(s / 60) });
  if (s < 172800) return text('hours', { n: Math.floor(s / 3600) });
  return text('days', { n: Math.floor(s / 86400) });
};

const local = unix => new Date(unix * 1000 + LOCAL_MS).toISOString();
export const minuteOfDay = unix => { const at = local(unix); return Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16)); };
export const moment = (unix, now) => {
  const at = local(unix);
  const time = at.slice(11, 16);
  return local(now).slice(0, 10) === at.slice(0, 10) ? time : `${time} ${at.slice(8, 10)}/${at.slice(5, 7)}`;
};

export { folded } from './folded.js';

/* An element with a class and what stands in it: texts stay texts. */
export const make = (tag, className = '', ...content) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content.filter(part => part !== null && part !== undefined && part !== ''));
  return made;
};

export const pill = severity => {
  const made = make('span', 'a-pill', make('i'), severityWord(severity));
  made.dataset.severity = severity;
  made.firstChild.setAttribute('aria-hidden', 'true');
  return made;
};
