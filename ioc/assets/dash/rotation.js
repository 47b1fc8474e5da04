/* /wall?rotate=20: the panels full screen, one after the other, for weeks.

   Two frames take turns. The next panel is loaded unseen, and comes up when it has painted its figures; then the other frame is emptied, so that
   nothing of a panel stays in memory. One that does not paint within ten seconds does not come up: the present one stays, and a word says so.
   While a danger has taken the screen over, nothing turns. Started by live.js. */
(function (ioc) {
  'use strict';

  const LOOK_MS = 200;
  const PAINTED_WITHIN_MS = 10000;
  const FADE_MS = 1300;
  const EMPTY = 'about:blank';
  const frameElement = (() => {
    try {
      return window.frameElement;
    } catch {
      return null;
    }
  })();

  /* This page is a panel within a rotation: the page around it speaks, reloads and warns for it. */
  ioc.isFramed = Boolean(frameElement?.classList.contains('rotation-frame'));
  if (ioc.isFramed) document.documentElement.dataset.framed = '';

  const within = (frame, ask) => {
    try {
      return ask(frame.contentWindow);
    } catch {
      return null; // an error page of the browser
    }
  };
  const isThere = frame => within(frame, ({ document: page }) => Boolean(page.querySelector('.focus')));
  const isPainted = frame => within(frame, ({ ioc: inner, document: page }) =>
    inner.painted.n !== null && !inner.isDrawing() && Boolean(page.querySelector('.focus:not([data-state="loading"])')));

  function made(title) {
    const frame = document.createElement('iframe');
    Object.assign(frame, { className: 'rotation-frame', src: EMPTY, title, tabIndex: -1 });
    return frame;
  }

  /* Neither loading nor emptying leaves a step in the browser's history. */
  const load = (frame, path) => frame.contentWindow.location.replace(path);

  function rotation(root) {
    const pages = JSON.parse(root.dataset.pages);
    const stands = Number(root.dataset.seconds) * 1000;
    const stage = document.getElementById('rotation-stage');
    const dots = document.getElementById('rotation-dots').children;
    const says = document.getElementById('rotation-says');
    const frames = pages.slice(0, 2).map(({ title }) => made(title));
    stage.append(...frames);

    let present = null; // {frame, page}
    let next = null; // {frame, page, since}
    let after = 0; // page to be loaded next
    let stood = 0; // ms that the present one has stood, without those of a danger
    let at = performance.now();

    const isTaken = () => Boolean(document.querySelector('#alert-takeover[data-on]'));
    const say = (text = '') => {
      if (says.textContent !== text) says.textContent = text;
    };

    function show() {
      [...dots].forEach((dot, page) => (page === present?.page ? dot.setAttribute('aria-current', 'true') : dot.removeAttribute('aria-current')));
    }

    function begin() {
      const frame = frames.find(one => one !== present?.frame);
      next = { frame, page: after, since: performance.now() };
      after = (after + 1) % pages.length;
      frame.title = pages[next.page].title;
      load(frame, pages[next.page].path);
    }

    function turn() {
      const gone = present?.frame;
      present = next;
      next = null;
      stood = 0;
      present.frame.dataset.on = gone ? 'new' : 'yes';
      if (gone) gone.dataset.on = 'old';
      document.documentElement.dataset.rotation = pages[present.page].path;
      say();
      show();
      if (!gone) return;
      setTimeout(() => {
        delete gone.dataset.on;
        load(gone, EMPTY);
      }, FADE_MS);
    }

    function giveUp() {
      const { frame, page } = next;
      next = null;
      stood = 0; // the present one stands once more, then the one after is tried
      load(frame, EMPTY);
      if (present) say(root.dataset.wordUnpainted.replace('{next}', pages[page].title).replace('{present}', pages[present.page].title));
    }

    const isDue = () => !present || stood >= stands;
    const isNear = () => !present || stood >= stands - PAINTED_WITHIN_MS;
    const hasTime = () => performance.now() - next.since < PAINTED_WITHIN_MS;

    function step() {
      if (!next && isNear() && (!present || pages.length > 1) && !frames.some(frame => frame.dataset.on === 'old')) begin();
      if (!next) return;
      if (isPainted(next.frame)) {
        if (isDue()) turn();
      } else if (!hasTime()) {
        if (!present && isThere(next.frame)) turn(); // there is nothing better: its own words say what it lacks
        else giveUp();
      }
    }

    function look() {
      const now = performance.now();
      if (!isTaken()) {
        stood += now - at;
        step();
      } else if (next) next.since += now - at;
      at = now;
      dots[present?.page]?.style.setProperty('--gone', Math.min(1, stood / stands).toFixed(2));
    }

    setInterval(look, LOOK_MS);
    return {
      shown: () => (present ? within(present.frame, inner => (inner.document ? inner : null)) : null),
      state: () => ({ of: pages.length, at: present?.page ?? null, seconds: stands / 1000, held: isTaken(), late: says.textContent !== '' }),
    };
  }

  ioc.startRotation = () => {
    const root = document.getElementById('rotation');
    if (root && !ioc.rotation) ioc.rotation = rotation(root);
  };
})((window.ioc = window.ioc || {}));
