/* One camera in full: its live view, its counts, its day, and what people reported around it. */
import { make, moment, text } from '../alerts/words.js';
import { DEAD, judged } from './judge.js';
import { player } from './live.js';
import { frame, picture } from './pictures.js';
import { face } from './tile.js';
import { ageWords, driftWords, sinceWords, state } from './words.js';

const DETAIL_MS = 15000, BEGIN_MS = 600; // who only passes by with the arrows begins no view
const sum = (bins, name) => { const told = bins.map(bin => bin[name]).filter(n => n !== null); return told.length ? told.reduce((a, b) => a + b, 0) : null; };
const most = (bins, name) => { const told = bins.map(bin => bin[name]).filter(n => n !== null); return told.length ? Math.max(...told) : null; };

export function big({ box, heardMs, clock, onClose }) {
  const img = make('img'), shows = frame(img), front = face(img), find = name => box.querySelector(`[data-${name}]`);
  img.alt = '';
  find('picture').prepend(front.place);
  const held = { card: null, told: null, received: null, tag: '', openedAt: 0, live: false, busy: false, ends: null, detail: 0, begin: 0 };

  const said = (kind, words) => {
    held.live = kind === 'live';
    const place = find('live');
    place.dataset.kind = kind;
    const told = { begins: text('liveBegins'), live: text('live'), ended: text('liveEnded'), refused: words || text('liveRefused') }[kind];
    if (place.textContent !== told) place.textContent = told;
    find('again').hidden = kind !== 'ended' && kind !== 'refused';
  };
  const live = player({ said, newestAt: () => held.told?.received ?? null, show: blob => shows.show(blob), frame: received => { held.received = received; held.tag = ''; } });

  const draw = () => {
    if (!held.card) return;
    const now = clock.now(), stands = judged(held.told, { now, heardMs: heardMs(), shownMs: performance.now() - held.openedAt, received: held.received, everyS: held.card.every_s });
    front.draw(stands, held.told, now);
    const parts = [state(stands.condition), stands.condition === 'ok' ? '' : sinceWords(stands.since, now), stands.cause, driftWords(held.told?.offset)].filter(Boolean);
    find('state').replaceChildren(...parts.map(part => (part instanceof Node ? part : make('span', '', part))));
    find('age').textContent = ageWords(held.received, now);
    find('live').hidden = DEAD.has(stands.condition) && held.live;
  };

  const counts = hour => {
    const { bins, last } = hour, rows = [];
    const row = (name, value, small = '') => { if (value !== null && value !== undefined) rows.push(make('dt', '', text(name)), make('dd', '', make('b', '', String(value)), small ? make('small', '', small) : null)); };
    if (last) row('waiting', last.waiting, `${text('atTime', { time: moment(last.at_s, clock.now()) })} · ${text('mostWaiting', { n: most(bins, 'waiting') ?? '—' })}`);
    if (last?.staff_present !== null && last?.staff_present !== undefined) row('staff', last.staff_present);
    for (const name of ['vehicles', 'people']) {
      const both = [[`${name}_in`, 'in'], [`${name}_out`, 'out']].map(([key, word]) => [sum(bins, key), word]).filter(([n]) => n !== null);
      row(name, sum(bins, name), both.map(([n, word]) => text(word, { n })).join(' · '));
    }
    const place = find('counts');
    place.replaceChildren(...(rows.length ? [make('dl', 'c-numbers', ...rows)] : [make('p', 'a-faint', text('notCounted'))]));
  };

  const media = (one, place) => {
    const button = make('button', 'plain', text('seePicture'));
    button.type = 'button';
    button.addEventListener('click', async () => {
      button.disabled = true;
      const answer = await fetch(`/api/cameras/media/${encodeURIComponent(one.media_ref)}`, { cache: 'no-store' }).catch(() => null);
      if (answer?.status !== 200) { button.textContent = text('pictureGone'); return; }
      const shown = make('img', 'c-proof');
      shown.alt = one.title;
      frame(shown).show(await answer.blob());
      button.replaceWith(shown);
    });
    place.append(button);
  };
  const event = one => {
    const line = make('span', '', one.kind === 'condition' ? state(one.condition) : make('b', '', one.title));
    if (one.kind === 'detection') {
      line.append(make('small', '', [one.confidence === null ? '' : text('confidence', { n: Math.round(one.confidence * 100) }), one.verdict || text('unreviewed')].filter(Boolean).join(' · ')));
      if (one.media_ref) media(one, line);
    }
    return make('li', '', make('time', '', moment(one.at, clock.now())), line);
  };
  const beside = one => {
    const link = make('a', '', one.title);
    link.href = one.kind === 'report' && box.dataset.reports ? `/console/reports?open=${encodeURIComponent(one.id)}` : `/console/cameras/around?${one.kind}=${encodeURIComponent(one.id)}`;
    return make('li', '', make('time', '', moment(one.at, clock.now())), make('span', '', make('i', `c-mark c-${one.kind}`), link,
      make('small', '', [one.state, one.distance_m === null ? '' : text('metres', { n: one.distance_m }), one.simulated ? text('simulated') : ''].filter(Boolean).join(' · '))));
  };
  const list = (name, items, empty) => find(name).replaceChildren(...(items.length ? items : [make('li', 'a-faint', text(empty))]));

  const detail = async () => {
    const id = held.card?.id;
    clearTimeout(held.detail);
    if (!id) return;
    const answer = await fetch(`/api/cameras/one.json?lang=${document.documentElement.lang}&camera=${encodeURIComponent(id)}`, { cache: 'no-store', signal: AbortSignal.timeout(10000) }).catch(() => null);
    const told = answer?.status === 200 ? await answer.json().catch(() => null) : null;
    if (held.card?.id !== id) return;
    if (told) {
      const open = box.querySelector('.c-proof'); // a picture that somebody looks at is not taken away from under their eyes
      counts(told.hour);
      if (!open) list('events', told.events.map(event), 'noEvents');
      list('beside', told.beside.map(beside), 'nothingBeside');
    }
    held.detail = setTimeout(detail, DETAIL_MS);
  };

  /* While no live view runs, the pictures that all see. */
  const still = async () => {
    if (held.busy || held.live || !held.told?.tag || held.told.tag === held.tag) return;
    held.busy = true;
    const { ends } = held, found = await picture(held.card.id, held.tag, ends.signal);
    held.busy = false;
    if (found && !ends.signal.aborted && !held.live && await shows.show(found.blob)) Object.assign(held, { tag: found.tag, received: found.received });
  };

  const end = () => { live.stop(); held.ends?.abort(); shows.clear(); clearTimeout(held.detail); clearTimeout(held.begin); Object.assign(held, { card: null, told: null, live: false, busy: false }); };
  const begin = () => { clearTimeout(held.begin); if (held.card) live.start(held.card.id); };
  find('again').addEventListener('click', begin);
  box.addEventListener('close', () => { const id = held.card?.id; end(); onClose(id); });
  setInterval(draw, 500);

  return {
    get id() { return held.card?.id ?? null; },
    open(card, told) {
      end();
      Object.assign(held, { card, told: told ?? null, received: null, tag: '', openedAt: performance.now(), ends: new AbortController() });
      find('name').textContent = card.name;
      find('where').textContent = [card.unit, card.kind_word, card.group].filter(Boolean).join(' · ');
      find('map').href = `/console/cameras/around?camera=${encodeURIComponent(card.id)}`;
      ['counts', 'events', 'beside'].forEach(name => find(name).replaceChildren());
      said('begins');
      if (!box.open) box.showModal();
      draw();
      still();
      detail();
      held.begin = setTimeout(begin, BEGIN_MS);
    },
    told(now) { if (held.card) { held.told = now ?? held.told; still(); } },
    live: begin,
  };
}
