/* One tile: a camera's picture with its own age. It ages by itself and looks dead by itself. */
import { make, text } from '../alerts/words.js';
import { DEAD, judged } from './judge.js';
import { frame, picture } from './pictures.js';
import { ageWords, conditionWord, driftWords, sinceWords } from './words.js';

/* The parts that a tile and the opened camera share. */
export function face(img) {
  const dead = make('div', 'c-dead', make('i', 'c-shape'), make('b'), make('span'), make('small'));
  dead.hidden = true;
  const mock = make('span', 'c-mock', text('simulated')), drift = make('span', 'c-drift');
  mock.hidden = drift.hidden = true;
  const place = make('div', 'c-face', img, dead, make('div', 'c-marks', mock, drift));
  const say = (part, words) => { if (part.textContent !== words) part.textContent = words; };
  return {
    place,
    draw(stands, told, now) {
      const isDead = DEAD.has(stands.condition);
      place.dataset.condition = stands.condition;
      place.toggleAttribute('data-dead', isDead);
      place.toggleAttribute('data-waits', stands.waits);
      dead.hidden = !isDead;
      if (isDead) {
        say(dead.children[1], conditionWord(stands.condition));
        say(dead.children[2], sinceWords(stands.since, now));
        say(dead.children[3], stands.cause);
      }
      mock.hidden = !told?.simulated;
      const wrong = told && !isDead ? driftWords(told.offset) : '';
      drift.hidden = !wrong;
      say(drift, wrong);
    },
  };
}

export function tile(card, { clock, open }) {
  const img = make('img'), shows = frame(img), front = face(img), ends = new AbortController();
  img.alt = '';
  img.decoding = 'async';
  const word = make('span', 'c-word'), shape = make('i', 'c-shape'), age = make('time', 'c-age');
  const place = make('article', 'c-tile', front.place,
    make('footer', 'c-foot', shape, make('b', 'c-name', card.name), make('span', 'c-where', card.unit), word, age));
  place.dataset.id = card.id;
  place.tabIndex = -1;
  place.setAttribute('role', 'gridcell');
  place.addEventListener('click', () => open(card.id));
  const held = { told: null, tag: '', received: null, busy: false, fetchedAt: -Infinity, shownAt: performance.now() };

  const draw = heardMs => {
    const now = clock.now(), stands = judged(held.told, { now, heardMs, shownMs: performance.now() - held.shownAt, received: held.received, everyS: card.every_s });
    front.draw(stands, held.told, now);
    place.dataset.condition = stands.condition;
    place.toggleAttribute('data-dead', DEAD.has(stands.condition));
    word.textContent = conditionWord(stands.condition);
    age.textContent = ageWords(held.received, now);
    const said = `${card.name}, ${card.unit}: ${word.textContent}, ${age.textContent}`;
    if (place.getAttribute('aria-label') !== said) place.setAttribute('aria-label', said);
  };
  const bring = async () => {
    held.busy = true;
    held.fetchedAt = performance.now();
    const found = await picture(card.id, held.tag, ends.signal);
    held.busy = false;
    if (!found || ends.signal.aborted || !(await shows.show(found.blob))) return;
    Object.assign(held, { tag: found.tag, received: found.received });
  };
  return {
    card, place, draw,
    told(now, soonestMs) {
      held.told = now;
      if (now?.tag && now.tag !== held.tag && !held.busy && performance.now() - held.fetchedAt >= soonestMs) bring();
    },
    end() { ends.abort(); shows.clear(); place.remove(); },
  };
}
