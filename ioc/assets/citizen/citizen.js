/* The citizens' pages with a script: a map, pictures shown before they go, what was typed kept until the receipt is there. All of it works without. */
import { begin } from './map.js';

const KEPT = 'ioc-report';
const MOST = 5;
const MOST_BYTES = 12_000_000;
const PATIENCE_MS = 180_000;
const NAMES = ['text', 'place', 'unit', 'address', 'name', 'telephone', 'email', 'lon_deg', 'lat_deg', 'accuracy_m'];
const main = document.getElementById('main');
const said = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), main.dataset[name]);

/* Storage may be closed to us: then nothing is kept, and all else works. */
const storage = {
  read: () => { try { return JSON.parse(sessionStorage.getItem(KEPT) ?? 'null'); } catch { return null; } },
  write: value => { try { sessionStorage.setItem(KEPT, JSON.stringify(value)); } catch { /* full or closed */ } },
  clear: () => { try { sessionStorage.removeItem(KEPT); } catch { /* closed */ } },
};

function tell(kind, text) {
  main.querySelectorAll(':scope > .problem, :scope > .told').forEach(old => old.remove());
  const made = document.createElement('div');
  made.className = kind === 'problem' ? 'problem' : 'done told';
  made.setAttribute('role', kind === 'problem' ? 'alert' : 'status');
  made.tabIndex = -1;
  made.textContent = text;
  main.querySelector('h1').after(made);
  if (kind === 'problem') made.focus();
}

/* ------------------------------------------------------------------ what was typed */

function keep(form) {
  const values = Object.fromEntries(NAMES.map(name => [name, form.elements[name].value]));
  values.category = form.elements.category.value;
  storage.write(values);
}

function restore(form) {
  const values = storage.read();
  if (!values || NAMES.some(name => form.elements[name].value)) return;
  NAMES.forEach(name => { form.elements[name].value = values[name] ?? ''; });
  const chosen = [...form.elements.category].find(one => one.value === values.category);
  if (chosen) {
    chosen.checked = true;
    chosen.closest('details').open = true;
  }
  if (values.text) tell('done', said('kept'));
}

/* ------------------------------------------------------------------ pictures */

function checkPhotos(input, previews) {
  const chosen = [...input.files];
  const large = chosen.find(file => file.size > MOST_BYTES);
  const kept = chosen.filter(file => file.size <= MOST_BYTES).slice(0, MOST);
  if (kept.length < chosen.length) {
    const again = new DataTransfer();
    kept.forEach(file => again.items.add(file));
    input.files = again.files;
    tell('problem', large ? said('tooLarge', { name: large.name }) : said('tooMany', { n: MOST }));
  }
  if (!previews) return;
  previews.querySelectorAll('img').forEach(image => { URL.revokeObjectURL(image.src); });
  previews.replaceChildren(...kept.map(file => Object.assign(document.createElement('img'), { src: URL.createObjectURL(file), alt: file.name })));
  previews.hidden = !kept.length;
}

/* ------------------------------------------------------------------ sending */

/* The page that answers takes the place of this one's; only a whole page of ours does. The same form's number goes again, so that it counts once. */
async function send(form) {
  const button = form.querySelector('button:not([type="button"])');
  const words = button.textContent;
  button.disabled = true;
  button.textContent = said('sending');
  const answer = await fetch(form.action, { method: 'POST', body: new FormData(form), headers: { Accept: 'text/html' }, cache: 'no-store',
    signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  const page = await answer?.text().catch(() => null) ?? null;
  button.disabled = false;
  button.textContent = words;
  const found = page === null ? null : new DOMParser().parseFromString(page, 'text/html').getElementById('main');
  if (!found) {
    tell('problem', said(page === null ? 'unsent' : 'refused'));
  } else if (!answer.ok && form.id === 'report') {
    stay(form, found);
  } else {
    if (found.querySelector('[data-receipt]')) storage.clear();
    main.replaceChildren(...found.childNodes);
    document.title = found.dataset.title;
    scrollTo(0, 0);
    start();
  }
}

/* What is wrong is said, and everything stays as it was typed and chosen, pictures too. */
function stay(form, found) {
  const lines = [...found.querySelectorAll('.problem p')].map(line => line.textContent);
  const fresh = found.querySelector('input[name="form"]')?.value;
  if (fresh) form.elements.form.value = fresh;
  tell('problem', lines.join('\n') || said('refused'));
}

/* ------------------------------------------------------------------ each page */

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch { // no permission, or no secure page: mark it, the person copies it by hand
    getSelection().selectAllChildren(document.getElementById('code'));
    return;
  }
  button.textContent = said('copied');
}

/* A link may carry the code behind its '#', which no server is told of; it goes on in a body. */
function lookUp() {
  const code = decodeURIComponent(location.hash.slice(1));
  const form = document.getElementById('look');
  if (!form || !code) return;
  history.replaceState(null, '', location.pathname);
  form.elements.code.value = code;
  send(form);
}

function start() {
  main.querySelectorAll('.script-only').forEach(one => { one.hidden = false; });
  main.querySelectorAll('input[type="file"]').forEach(input => {
    input.addEventListener('change', () => checkPhotos(input, document.getElementById('previews')));
  });
  const form = document.getElementById('report');
  if (form) {
    restore(form);
    form.addEventListener('input', () => keep(form));
    form.addEventListener('change', () => keep(form));
    begin(form, said, () => keep(form));
  }
  if (main.querySelector('[data-receipt]')) storage.clear();
}

document.addEventListener('submit', event => {
  if (event.target.method !== 'post' || !main.contains(event.target)) return;
  event.preventDefault();
  send(event.target);
});
document.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button?.dataset.copy) copy(button);
  if (button && 'print' in button.dataset) print();
});
addEventListener('hashchange', lookUp);
start();
lookUp();
