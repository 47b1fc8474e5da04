/* A call becomes a report by keyboard alone. What is searched came with the page: no network is needed until the report is filed. */
import { newKey, post, sleep } from '../alerts/send.js';
import { chooser } from './chooser.js';

const desk = document.getElementById('hotline');
const form = document.getElementById('call');
const filed = document.getElementById('filed');
const trouble = document.getElementById('trouble');
const by = id => document.getElementById(id);
const given = JSON.parse(desk.dataset.given);
const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), desk.dataset[name]);
const PATIENCE_MS = 15000;
const LOOKED_FROM = 9; // digits of a whole number

let call = { key: '', began: 0, sending: false };
let escapes = 0;

const note = (text = '') => { trouble.textContent = text; trouble.hidden = !text; };
const categories = chooser(by('category'), by('category-list'), given.categories, say('none'), {
  side: one => one.code,
  chosen: one => {
    by('grave').textContent = say('grave');
    by('grave').hidden = one?.priority !== 1;
    if (one) by('where').focus();
  },
});
const places = chooser(by('where'), by('where-list'), given.places, say('none'), {
  side: one => one.unitName,
  chosen: one => { if (one) by('address').focus(); },
});

/* ------------------------------------------------------------------ who calls */

let asked = '';
async function look() {
  const telephone = by('telephone').value;
  const digits = telephone.replace(/\D/g, '');
  if (digits === asked) return;
  asked = digits;
  const shown = by('caller');
  shown.replaceChildren();
  delete shown.dataset.open;
  if (digits.length < LOOKED_FROM) return;
  const answer = await fetch('/api/hotline/caller', { method: 'POST', cache: 'no-store', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ telephone }), signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  const found = answer?.ok ? await answer.json().catch(() => null) : null;
  if (asked !== digits) return;
  if (!found) {
    shown.textContent = say('unknown');
    return;
  }
  if (found.open) shown.dataset.open = found.open;
  shown.textContent = found.reports ? say('again', { n: found.reports, open: found.open, share: found.share }) : say('first');
  const list = document.createElement('ul');
  list.append(...found.last.map(one => Object.assign(document.createElement('li'), { textContent: `${one.subject} · ${one.category} · ${one.state} · ${one.at}` })));
  if (found.last.length) shown.append(list);
}

/* ------------------------------------------------------------------ filing */

function body() {
  const category = categories.value();
  const place = places.value();
  const told = { category: category?.code ?? '', landmark: place?.code ?? '', unit: place?.unit ?? '',
    address: [by('address').value, place ? '' : by('where').value].filter(part => part.trim()).join(', '),
    ...Object.fromEntries(['telephone', 'name', 'text'].map(name => [name, by(name).value.trim()])) };
  const lacking = [[!told.category, 'category', 'category'], [!place && !told.address.trim(), 'place', 'where'], [!told.text, 'words', 'text'],
    [category?.contact && !told.telephone, 'number', 'telephone']].filter(([is]) => is);
  if (lacking.length) {
    note(say('lacking', { what: lacking.map(([, word]) => say(word)).join(', ') }));
    by(lacking[0][2]).focus();
    return null;
  }
  return told;
}

/* The same key until there is an answer: what arrived unheard counts once. */
async function arrived(told) {
  for (let tries = 1; ; tries += 1) {
    const answer = await post('/api/hotline', told, call.key);
    if (answer) return answer;
    note(say('waiting'));
    await sleep(Math.min(10000, 1000 * tries));
  }
}

async function send() {
  if (call.sending || !filed.hidden) return;
  const told = body();
  if (!told) return;
  call.sending = true;
  call.key ||= newKey();
  const answer = await arrived(told);
  call.sending = false;
  if (answer.status === 401) note(say('signedOut'));
  else if (answer.status >= 400) {
    note(say('refused', { why: answer.body.error ?? answer.status }));
    call.key = ''; // what is mended is another call to the server
  } else receipt(answer.body);
}

function receipt({ subject, receipt: code }) {
  note();
  by('receipt').textContent = code;
  by('spelt').textContent = [...code.replaceAll('-', '–')].join(' ');
  by('subject').textContent = subject;
  by('took').textContent = say('took', { n: Math.max(1, Math.round((performance.now() - call.began) / 1000)) });
  by('said').textContent = say('said', { subject, code });
  form.hidden = true;
  filed.hidden = false;
  by('next').focus();
}

function next() {
  call = { key: '', began: 0, sending: false };
  asked = '';
  escapes = 0;
  form.reset();
  [categories, places].forEach(one => one.clear());
  by('grave').hidden = true;
  by('caller').replaceChildren();
  note();
  filed.hidden = true;
  form.hidden = false;
  by('telephone').focus();
}

/* ------------------------------------------------------------------ keys */

document.addEventListener('keydown', event => {
  if (event.isComposing) return; // a Vietnamese keyboard puts a letter together
  if (filed.hidden && !call.began && event.key.length === 1) call.began = performance.now();
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send();
  } else if (event.key === 'Escape' && !call.sending) {
    escapes += 1;
    if (escapes > 1 || !filed.hidden) next();
  } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement && !event.defaultPrevented) {
    event.preventDefault(); // a field's end, never half a report
    const fields = [...form.querySelectorAll('input, textarea')];
    fields[fields.indexOf(event.target) + 1]?.focus();
  }
  if (event.key !== 'Escape') escapes = 0;
});
form.addEventListener('submit', event => { event.preventDefault(); send(); });
form.addEventListener('reset', event => { if (event.isTrusted) setTimeout(next); });
by('telephone').addEventListener('blur', look);
by('telephone').addEventListener('input', () => { if (by('telephone').value.replace(/\D/g, '').length > LOOKED_FROM) look(); });
by('next').addEventListener('click', next);
addEventListener('beforeunload', event => { if (call.sending) event.preventDefault(); });
by('telephone').focus();
