/* How a camera stands in words: what its tile, its list and its place on the map say alike. */
import { make, moment, span, text } from '../alerts/words.js';

export const conditionWord = code => text(`condition${code.split('_').map(part => part.charAt(0).toUpperCase() + part.slice(1)).join('')}`);

/* Shape and word; colour only repeats them. */
export const state = (code, className = '') => {
  const made = make('span', `c-state ${className}`.trim(), make('i', 'c-shape'), conditionWord(code));
  made.dataset.condition = code;
  made.firstChild.setAttribute('aria-hidden', 'true');
  return made;
};
export const sinceWords = (since, now) => (since === null || since === undefined ? '' : text('since', { time: moment(since, now), span: span(now - since) }));
export const ageWords = (received, now) => (received === null ? text('noPicture') : text('age', { span: span(now - received) }));

const DRIFT_S = 10; // as the condition itself has it
/* What a camera's own clock says against ours; '' = it is right, or it shows none. */
export const driftWords = offset => (offset === null || offset === undefined || Math.abs(offset) < DRIFT_S ? '' : text(offset > 0 ? 'ahead' : 'behind', { span: span(Math.abs(offset)) }));
