/* One dialog for whatever is chosen: by digit, or by typing without accents; then words, where the decision needs them. What was typed is kept until it
   was sent. */
import { folded, make, text } from '../alerts/words.js';

const SHOWN = 60;

export function asker({ box, onOpen }) {
  const form = box.querySelector('form'), title = box.querySelector('h2'), about = box.querySelector('.about'), search = box.querySelector('[name=q]');
  const list = box.querySelector('.r-options'), words = box.querySelector('[name=words]'), wordsLabel = words.closest('label'), side = box.querySelector('.r-side');
  const trouble = box.querySelector('.a-trouble'), drafts = new Map();
  let now = null, shown = [], at = 0;

  const draw = () => {
    const wanted = folded(search.value).split(' ').filter(Boolean);
    shown = now.items.filter(item => wanted.every(word => item.key.includes(word))).slice(0, SHOWN);
    if (now.free && search.value.trim() && !shown.length) shown = [{ ...now.free(search.value.trim()), typed: true }];
    at = Math.min(at, Math.max(0, shown.length - 1));
    list.replaceChildren(...shown.map((item, n) => {
      const made = make('li', '', !now.search && n < 9 ? make('kbd', '', String(n + 1)) : null, make('span', '', item.name), item.small ? make('small', '', item.small) : null);
      made.id = `option-${n}`;
      made.setAttribute('role', 'option');
      made.addEventListener('click', () => { at = n; choose(); });
      return made;
    }));
    mark();
  };
  const mark = () => {
    Array.from(list.children, (item, n) => item.setAttribute('aria-selected', String(n === at)));
    list.children[at]?.scrollIntoView({ block: 'nearest' });
    (now.search ? search : list).setAttribute('aria-activedescendant', shown.length ? `option-${at}` : '');
    const item = shown[at];
    side.replaceChildren();
    if (item && now.preview) now.preview(item, side);
    if (item?.words !== undefined && now.words && !words.dataset.typed) words.value = item.words;
  };
  const choose = () => {
    mark();
    if (!shown.length && now.items.length) return;
    if (now.words && document.activeElement !== words && !(now.quick && words.value.trim())) { words.focus(); words.setSelectionRange(words.value.length, words.value.length); return; }
    finish();
  };
  const finish = () => {
    const told = words.value.trim();
    if (now.words === 'required' && !told) { trouble.hidden = false; trouble.textContent = text('wordsNeeded'); words.focus(); return; }
    const { done } = now, item = shown[at] ?? null;
    now = null;
    box.close();
    done({ item, words: told });
  };

  form.addEventListener('submit', event => { event.preventDefault(); if (now) choose(); });
  search.addEventListener('input', () => { at = 0; draw(); });
  words.addEventListener('input', () => { words.dataset.typed = '1'; if (now) drafts.set(now.draft, words.value); });
  box.querySelector('[data-cancel]').addEventListener('click', () => box.close());
  // Told later than it happens: the next question may stand there already.
  box.addEventListener('close', () => { if (now && !box.open) { const { done } = now; now = null; done(null); } });
  box.addEventListener('keydown', event => {
    if (!now || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target === words) {
      if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); finish(); }
      return;
    }
    if (event.target.tagName !== 'BUTTON' && pressed(event.key)) event.preventDefault();
  });
  const pressed = key => {
    if (key === 'ArrowDown' || key === 'ArrowUp') { at = Math.min(shown.length - 1, Math.max(0, at + (key === 'ArrowDown' ? 1 : -1))); mark(); }
    else if (key === 'Enter') choose();
    else if (!now.search && /^[1-9]$/.test(key) && shown[key - 1]) { at = key - 1; choose(); }
    else return false;
    return true;
  };
  /* A key that was pressed before the dialog stood there. */
  const early = key => {
    if (!now) return;
    if (document.activeElement === words) { if (key === 'Enter') finish(); else if (key.length === 1) { words.value += key; words.dataset.typed = '1'; } } else if (key === 'Escape') box.close();
    else if (!pressed(key) && now.search && key.length === 1) { search.value += key; at = 0; draw(); }
  };

  return {
    sent: draft => drafts.delete(draft),
    keep: (draft, told) => { if (told) drafts.set(draft, told); },
    get open() { return box.open; },
    /* Answers {item, words}, or null. `items`: {code, name, small?, words?}; `search`: typed for, else chosen by digit; `quick`: words that stand there
       already need not be looked at. */
    ask: question => new Promise(done => {
      now = { items: [], search: false, words: null, ...question, done };
      now.items = now.items.map(item => ({ ...item, key: folded(`${item.name} ${item.code} ${item.small ?? ''}`) }));
      title.textContent = now.title;
      about.textContent = now.about ?? '';
      trouble.hidden = true;
      search.value = '';
      search.hidden = !now.search;
      list.hidden = !now.items.length && !now.free;
      list.tabIndex = now.search ? -1 : 0;
      wordsLabel.hidden = !now.words;
      words.value = drafts.get(now.draft) ?? '';
      if (drafts.has(now.draft)) words.dataset.typed = '1'; else delete words.dataset.typed;
      at = 0;
      box.showModal();
      draw();
      (now.search ? search : now.items.length ? list : words).focus();
      onOpen().forEach(early);
    }),
  };
}
