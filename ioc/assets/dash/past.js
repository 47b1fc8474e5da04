/* The bar of a page of the past: through a local day by quarters of an hour, from day to day, and back to the present.

   The server gives #past-bar its moment (data-moment, data-day, data-minute up to 1440 = 24:00, data-then = as it stood then) and its words.
   A move changes the address and lets Dash fill the page anew, without loading it again; it asks once the slider rests, and while an answer is
   under way only the last wish is kept. */
(function (ioc) {
  'use strict';

  const STEP = 15;
  const DAY = 1440;
  const RESTS_MS = 350;
  const STEP_MS = 1000;
  const GIVE_UP_MS = 20000;
  const MAP_MS = 3000;

  let bar = null; // {host, parts, slider, out, day, then, play, following}
  let held = null; // the control that has the focus: taking its place away takes that too
  let shown = null; // {day, minute, then}: what the page shows
  let wished = null; // the moment that was asked for and is not shown yet
  let next = null; // what is asked for after it
  let rests = null;
  let gives = null;
  let playing = null; // when the last step was taken

  const sleep = ms => new Promise(done => setTimeout(done, ms));
  const two = n => String(n).padStart(2, '0');
  const clock = minute => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  const plus = (day, n) => new Date(Date.parse(`${day}T00:00Z`) + n * 86400000).toISOString().slice(0, 10);

  /* The last quarter of an hour that has passed: {day, minute}, minute from 15 to 1440. */
  function latest() {
    const { year, month, day, hour, minute } = ioc.local(ioc.now());
    const passed = Math.floor((Number(hour) * 60 + Number(minute)) / STEP) * STEP;
    const today = `${year}-${month}-${day}`;
    return passed ? { day: today, minute: passed } : { day: plus(today, -1), minute: DAY };
  }

  const after = (a, b) => a.day > b.day || (a.day === b.day && a.minute > b.minute);
  const within = moment => (after(moment, latest()) ? { ...moment, ...latest() } : moment);
  const local = ({ day, minute }) => (minute === DAY ? `${plus(day, 1)}T00:00` : `${day}T${clock(minute)}`);
  const name = moment => local(moment) + (moment.then ? '~' : '');

  /* The address of a moment; what else stands in the query (language, guests) stays. */
  function address(moment) {
    const query = new URLSearchParams(location.search);
    query.set('at', local(moment));
    if (moment.then) query.set('known', local(moment));
    else query.delete('known');
    return `${location.pathname}?${query.toString().replaceAll('%3A', ':')}`;
  }

  function ask(moment, { step = false } = {}) {
    const aim = within(moment);
    if (shown && name(aim) === name(shown) && !wished) return show(shown);
    if (wished) {
      next = aim;
      return undefined;
    }
    wished = aim;
    clearTimeout(gives);
    gives = setTimeout(() => { wished = null; settle(); }, GIVE_UP_MS);
    show(aim);
    history[step ? 'replaceState' : 'pushState']({}, '', address(aim)); // a minute of playing is no sixty steps back
    window.dispatchEvent(new CustomEvent('_dashprivate_pushstate'));
    return undefined;
  }

  function settle() {
    const aim = next;
    next = null;
    if (bar) bar.host.toggleAttribute('data-busy', Boolean(wished));
    if (aim) ask(aim);
  }

  // ------------------------------------------------------------------ playing

  function mapsDrawn() {
    const loads = [...document.querySelectorAll('iframe[id^="past--map--"]')].map(frame => new Promise(done => frame.addEventListener('load', done, { once: true })));
    return Promise.race([Promise.all(loads), sleep(MAP_MS)]);
  }

  function stop() {
    playing = null;
    if (bar) label();
  }

  function step() {
    const on = shown.minute >= DAY ? { ...shown, day: plus(shown.day, 1), minute: STEP } : { ...shown, minute: (Math.floor(shown.minute / STEP) + 1) * STEP };
    if (after(on, latest())) return stop();
    playing = Date.now();
    return ask(on, { step: true });
  }

  /* The next step a second after the last one, and not before the page and its map have drawn that. */
  async function goOn() {
    const began = playing;
    await mapsDrawn();
    await sleep(began + STEP_MS - Date.now());
    if (playing === began && shown && !wished) step();
  }

  function toggle() {
    if (playing) return stop();
    playing = Date.now();
    label();
    return step();
  }

  // ------------------------------------------------------------------ the bar

  function made(tag, props = {}, ...children) {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  }

  function slide(word) {
    const slider = made('input', { type: 'range', min: STEP, max: DAY, step: STEP, ariaLabel: word });
    const ticks = Array.from({ length: 24 }, (_, n) => n + 1).map(hour => {
      const tick = made('i', { textContent: hour % 3 ? '' : hour, ariaHidden: 'true' });
      // The slider's thumb is 1.6em wide or so: its middle never reaches the ends.
      tick.style.left = `calc(8px + (100% - 16px) * ${(hour * 60 - STEP) / (DAY - STEP)})`;
      if (hour % 3 === 0) tick.dataset.hour = hour;
      return tick;
    });
    slider.addEventListener('input', () => {
      stop();
      bar.out.textContent = clock(Number(slider.value));
      slider.ariaValueText = bar.out.textContent;
      clearTimeout(rests);
      rests = setTimeout(() => ask({ ...shown, minute: Number(slider.value) }), RESTS_MS);
    });
    return [slider, made('div', { className: 'past-slide' }, slider, ...ticks)];
  }

  const moved = change => () => {
    stop();
    ask({ ...shown, ...change() });
  };

  function build(host) {
    const said = host.dataset;
    const [slider, sliding] = slide(said.wordSlider);
    const before = made('button', { type: 'button', textContent: '‹', title: said.wordBefore, ariaLabel: said.wordBefore });
    const following = made('button', { type: 'button', textContent: '›', title: said.wordAfter, ariaLabel: said.wordAfter });
    const day = made('input', { type: 'date', ariaLabel: said.wordDay });
    const out = made('output');
    const play = made('button', { type: 'button', className: 'past-play' });
    const then = made('input', { type: 'checkbox' });
    before.addEventListener('click', moved(() => ({ day: plus(shown.day, -1) })));
    following.addEventListener('click', moved(() => ({ day: plus(shown.day, 1) })));
    day.addEventListener('change', () => day.value && moved(() => ({ day: day.value }))());
    play.addEventListener('click', toggle);
    then.addEventListener('change', moved(() => ({ then: then.checked })));
    const parts = [before, day, following, sliding, out, play, made('label', {}, then, said.wordThen),
      made('a', { className: 'past-present', href: said.present, textContent: said.wordPresent })];
    bar = { host, parts, slider, out, day, then, play, following };
  }

  /* Dash puts a new element in the old one's place: the same controls move into it, and keep the focus and a finger that is on them. */
  function moveInto(host) {
    if (!bar) build(host);
    bar.host = host;
    host.replaceChildren(...bar.parts);
    if (document.activeElement === document.body) held?.focus({ preventScroll: true });
  }

  function label() {
    const { wordPlay, wordPause } = bar.host.dataset;
    bar.play.textContent = playing ? '❚❚' : '▶';
    bar.play.title = bar.play.ariaLabel = playing ? wordPause : wordPlay;
    bar.play.toggleAttribute('data-on', Boolean(playing));
  }

  function show(moment) {
    const last = latest();
    bar.slider.value = moment.minute;
    bar.out.textContent = clock(moment.minute);
    bar.slider.ariaValueText = bar.out.textContent;
    bar.day.max = last.day;
    bar.day.value = moment.day;
    bar.then.checked = moment.then;
    bar.following.disabled = moment.day >= last.day;
    bar.host.toggleAttribute('data-busy', Boolean(wished));
    label();
  }

  /* The page has changed: it may show what was asked for, something else (the way back of the browser), or nothing of the past. */
  function look() {
    const host = document.getElementById('past-bar');
    if (!host) {
      if (bar && document.getElementById('wall')) leave();
      return;
    }
    if (!bar || bar.host !== host || !host.firstChild) moveInto(host);
    const { day, minute, then, moment } = host.dataset;
    if (shown && name(shown) === moment && !wished) return;
    shown = { day, minute: Number(minute), then: then === '1' };
    if (wished && name(wished) !== moment) return;
    wished = null;
    clearTimeout(gives);
    show(shown);
    settle();
    if (playing && !wished) goOn();
  }

  function leave() {
    [bar, shown, wished, next, playing] = [null, null, null, null, null];
    clearTimeout(gives);
    clearTimeout(rests);
  }

  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributeFilter: ['data-moment'] });

  ['focusin', 'pointerdown'].forEach(kind => document.addEventListener(kind, ({ target }) => {
    held = bar?.host.contains(target) ? target : null;
  }));

  /* Into the past, from a page of the present. */
  document.addEventListener('click', event => {
    const door = event.target.closest?.('a.past-enter');
    if (!door || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    location.assign(address({ ...latest(), then: false }));
  });
})((window.ioc = window.ioc || {}));
