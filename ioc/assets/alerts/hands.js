/* What a person at a desk does and is told, alike at each desk: keys that are typed, not pressed; that somebody is there; words that stand for a while. */
import { make, text } from './words.js';

const ACTIVE_MS = 60000;

export const typing = target => target.closest('textarea, select, [contenteditable]') || (target.tagName === 'INPUT' && !['checkbox', 'radio', 'button'].includes(target.type));

/* A person who reads and presses keys is there; polls are not. */
export function tellActive() {
  let toldAt = performance.now();
  for (const kind of ['keydown', 'pointerdown']) {
    document.addEventListener(kind, () => {
      if (performance.now() - toldAt < ACTIVE_MS) return;
      toldAt = performance.now();
      fetch('/session/active', { method: 'POST', cache: 'no-store' }).catch(() => { toldAt = 0; });
    });
  }
}

export const toaster = place => (kind, lines, keepMs) => {
  const made = make('div', 'a-toast', ...lines.map(line => (line instanceof Node ? line : make('p', '', line)))), close = make('button', 'plain', '×');
  made.dataset.kind = kind;
  close.type = 'button';
  close.setAttribute('aria-label', text('close'));
  close.addEventListener('click', () => made.remove());
  made.append(close);
  place.append(made);
  if (keepMs) setTimeout(() => made.remove(), keepMs);
  return made;
};
