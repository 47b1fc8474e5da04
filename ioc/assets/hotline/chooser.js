/* A field that finds one of a list by its letters without accents; arrows move, Enter takes. */
import { folded } from '../alerts/folded.js';

const MOST = 8;

/* What begins with the letters, then what has a word that does, then what holds them all somewhere. */
function rank(one, words) {
  if (!words.every(word => one.key.includes(word))) return 9;
  if (one.key.startsWith(words[0])) return 0;
  return words.every(word => ` ${one.key}`.includes(` ${word}`)) ? 1 : 2;
}

export function found(items, text) {
  const words = folded(text).split(' ').filter(Boolean);
  if (!words.length) return [];
  return items.map((one, at) => ({ one, at, rank: rank(one, words) })).filter(each => each.rank < 9)
    .sort((a, b) => a.rank - b.rank || a.at - b.at).slice(0, MOST).map(each => each.one);
}

export function chooser(input, list, items, none, { side, chosen }) {
  let value = null;
  let shown = [];
  let at = 0;

  const close = () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const mark = () => {
    [...list.children].forEach((line, n) => { line.setAttribute('aria-selected', String(n === at)); });
    const line = list.children[at];
    if (shown.length) input.setAttribute('aria-activedescendant', line.id);
    line?.scrollIntoView({ block: 'nearest' });
  };
  const take = one => {
    value = one;
    input.toggleAttribute('data-chosen', Boolean(one));
    if (one) input.value = one.name;
    close();
    chosen(one);
  };
  const line = (one, n) => {
    const made = document.createElement('li');
    made.id = `${list.id}-${n}`;
    made.setAttribute('role', 'option');
    const small = document.createElement('small');
    small.textContent = side(one);
    made.append(one.name, small);
    made.addEventListener('mousedown', event => { event.preventDefault(); take(one); });
    return made;
  };

  input.addEventListener('input', () => {
    if (value) {
      value = null;
      input.removeAttribute('data-chosen');
      chosen(null);
    }
    shown = found(items, input.value);
    at = 0;
    list.replaceChildren(...shown.map(line));
    if (!shown.length && input.value.trim()) list.append(Object.assign(document.createElement('li'), { textContent: none }));
    list.hidden = !input.value.trim();
    input.setAttribute('aria-expanded', String(!list.hidden));
    mark();
  });
  input.addEventListener('keydown', event => {
    if (list.hidden || event.isComposing || !shown.length) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      at = (at + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length;
      mark();
    } else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') {
      if (event.key === 'Tab' && event.shiftKey) return;
      event.preventDefault();
      take(shown[at]);
    } else if (event.key === 'Escape') close();
  });
  input.addEventListener('blur', close);
  return { value: () => value, clear: () => { input.value = ''; value = null; input.removeAttribute('data-chosen'); close(); } };
}
