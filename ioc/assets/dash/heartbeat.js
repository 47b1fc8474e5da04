/* What the screen says of itself every ten seconds: not what it was sent but what it LAST PAINTED.

   A frame is painted once it was applied, the charts it changed have been drawn, and two animation frames have passed. Each second two animation
   frames are waited for again: a page whose script runs and whose picture stands still says so by painted_s. A rotation says what the panel
   within it has painted; that panel says nothing by itself. Started by live.js alone. */
(function (ioc) {
  'use strict';

  const DRAWN_WITHIN_MS = 5000; // a chart that is changed again and again is drawn in between (apply.js)
  const SAME_PLACE_MS = 60000;
  const MOST_LETTERS = 300;

  ioc.painted = { epoch: null, n: null, at: null };
  let frames = 0;
  let newest = 0;
  let speaks = true;

  const twoFrames = act => requestAnimationFrame(() => requestAnimationFrame(act));

  ioc.paint = ({ epoch, n }) => {
    const order = (frames += 1);
    const until = Date.now() + DRAWN_WITHIN_MS;
    const painted = () => {
      if (order < newest) return; // a later one stands there already
      newest = order;
      Object.assign(ioc.painted, { epoch, n, at: Date.now() });
    };
    const look = () => (ioc.isDrawing() && Date.now() < until ? requestAnimationFrame(look) : twoFrames(painted));
    requestAnimationFrame(look);
  };

  ioc.watchPainting = () => twoFrames(() => {
    if (ioc.painted.n !== null) ioc.painted.at = Date.now();
  });

  // ------------------------------------------------------------------ what is said

  function screenId() {
    const known = localStorage.getItem('ioc-screen');
    if (known) return known;
    const made = [...crypto.getRandomValues(new Uint8Array(8))].map(byte => byte.toString(16).padStart(2, '0')).join('');
    localStorage.setItem('ioc-screen', made);
    return made;
  }

  const headlines = page => [...page.querySelectorAll('.headline-value')].map(element => element.textContent).join('|');

  /* FNV-1a: enough to see from the server whether a screen shows what was sent. */
  function digest(text) {
    let hash = 0x811c9dc5;
    for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  }

  function newestFigure(page) {
    const times = [...page.querySelectorAll('[data-as-of]')].map(element => Date.parse(element.dataset.asOf));
    const last = Math.max(...times.filter(Number.isFinite));
    return Number.isFinite(last) ? new Date(last).toISOString() : null;
  }

  const addressOf = ({ pathname, search }) => (pathname + search).slice(0, MOST_LETTERS);

  function said(build) {
    const glass = ioc.rotation?.shown() ?? null; // the window of the panel within a rotation
    const view = glass ?? window;
    const { epoch, n, at } = view.ioc?.painted ?? {};
    return {
      screen: screenId(), epoch: epoch ?? null, n: n ?? null, painted_s: at ? Math.max(0, Date.now() - at) / 1000 : null,
      page: addressOf(location), shown: glass && addressOf(glass.location), watermark: newestFigure(view.document),
      headlines: digest(headlines(view.document)), link: view.document.documentElement.dataset.link ?? null,
      cause: view.document.documentElement.dataset.cause ?? null, size: `${innerWidth}×${innerHeight}@${devicePixelRatio}`,
      heap: performance.memory?.usedJSHeapSize ?? null, build, rotation: ioc.rotation?.state() ?? null,
    };
  }

  // ------------------------------------------------------------------ where it is wanted

  /* Whoever runs the screens points this one at a page. A page that leads elsewhere is not asked for again and again. */
  function goWhereAsked(path) {
    if (!path || path === location.pathname + location.search || !ioc.mayReload()) return;
    const last = JSON.parse(sessionStorage.getItem('ioc-sent') ?? 'null');
    if (last?.to === path && Date.now() - last.at < SAME_PLACE_MS) return;
    sessionStorage.setItem('ioc-sent', JSON.stringify({ to: path, at: Date.now() }));
    location.assign(path);
  }

  ioc.heartbeat = async build => {
    if (!speaks || document.documentElement.dataset.link === 'lost') return;
    try {
      const body = JSON.stringify(said(build));
      const answer = await fetch('/live/heartbeat', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      speaks = answer.status !== 404 && answer.status !== 405;
      if (answer.status === 200) goWhereAsked((await answer.json()).pinned);
    } catch {
      // the link itself tells that the server is away
    }
  };
})((window.ioc = window.ioc || {}));
