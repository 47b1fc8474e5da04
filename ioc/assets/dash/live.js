/* The live page: joins the browser's one live link, lets frames be applied, reloads when it must, reports that it lives.

   A page is live when it has #clock, #link or [data-live]. An element with data-wall="no" (or <body data-wall="no">) keeps the
   page from reloading by itself: a console shows that a new build is there instead. No other file starts anything. */
(function (ioc) {
  'use strict';

  const WORKER = '/static/live-worker.js';
  const START_MS = 20000;
  const DEAF_MS = 20000;
  const HEARTBEAT_S = 10;
  const REFUSED_RELOAD_MS = 60000;
  const RELOADS_APART_MS = 20000;
  const GIVE_UP_AFTER = 5;
  const version = new URL(document.currentScript?.src ?? location.href).search;
  const startedAt = Date.now();

  const state = { link: null, build: null, epoch: null, n: null, failures: 0, heardAt: 0, reloading: false, beats: true };
  ioc.state = state;

  const mayReload = () => !document.querySelector('[data-wall="no"]');
  const sleep = ms => new Promise(done => setTimeout(done, ms));

  // ------------------------------------------------------------------ reload, once the server answers

  function layoutAddress() {
    const config = document.getElementById('_dash-config');
    return `${config ? JSON.parse(config.textContent).requests_pathname_prefix : '/'}_dash-layout`;
  }

  async function serverAnswers() {
    try {
      return (await fetch(layoutAddress(), { cache: 'no-store' })).status < 500;
    } catch {
      return false;
    }
  }

  const reloadedLately = () => Date.now() - Number(sessionStorage.getItem('ioc-reloaded-at')) < RELOADS_APART_MS;

  async function reload(why) {
    if (state.reloading) return;
    state.reloading = true;
    console.info(`live: reloading (${why})`);
    while (reloadedLately() || !(await serverAnswers())) await sleep(3000 + 2000 * Math.random());
    sessionStorage.setItem('ioc-reloaded-at', Date.now());
    location.reload();
  }

  /* A fresh page once a night, spread over twenty minutes so that not all screens come at once. */
  const nightMinute = 30 + Math.floor(Math.random() * 20);
  function nightHasCome() {
    const { hour, minute } = ioc.local(ioc.now());
    return hour === '03' && Number(minute) === nightMinute && Date.now() - startedAt > 3600000;
  }

  // ------------------------------------------------------------------ frames

  /* A frame is applied whole, or the page says so and asks for everything again. */
  function failed(error) {
    console.error('live: a frame could not be applied', error);
    state.failures += 1;
    ioc.link.brokenAt = ioc.link.brokenAt ?? ioc.now();
    if (state.failures >= GIVE_UP_AFTER && mayReload()) reload('frames can not be applied');
    else setTimeout(() => state.link.restart(), Math.min(15000, 500 * 2 ** state.failures));
    ioc.showTime();
  }

  ioc.guarded = act => {
    try {
      act();
    } catch (error) {
      failed(error);
    }
  };

  function takeFrame(frame) {
    if (ioc.link.brokenAt && !frame.restart) return;
    try {
      ioc.takeFrame(frame);
    } catch (error) {
      failed(error);
      return;
    }
    Object.assign(state, { epoch: frame.epoch, n: frame.n, failures: frame.restart ? 0 : state.failures });
    ioc.link.brokenAt = null;
    requestAnimationFrame(ioc.showTime);
  }

  function newBuild() {
    document.documentElement.dataset.build = 'new';
    if (mayReload()) reload('new build');
  }

  function takeBeat({ type, build, ...link }) {
    Object.assign(ioc.link, link);
    if (build && state.build && build !== state.build) newBuild();
    state.build = state.build ?? build;
    ioc.showTime();
  }

  function hear(message) {
    state.heardAt = Date.now();
    if (message.type === 'frame') takeFrame(message);
    else takeBeat(message);
  }

  // ------------------------------------------------------------------ the link: shared by all tabs, or the page's own

  function sharedLink(lang) {
    const worker = new SharedWorker(WORKER + version, { name: 'ioc-live' });
    const say = what => worker.port.postMessage({ say: what, lang });
    worker.port.onmessage = event => hear(event.data);
    worker.onerror = () => state.link.kind === 'shared' && useOwnLink();
    const bye = () => say('leave');
    window.addEventListener('pagehide', bye);
    window.addEventListener('pageshow', event => event.persisted && say('enter'));
    say('enter');
    const close = () => {
      window.removeEventListener('pagehide', bye);
      say('leave');
      worker.port.close();
    };
    return { kind: 'shared', ping: () => say('here'), restart: () => say('restart'), close };
  }

  function ownLink(lang) {
    const link = ioc.openLink({ lang, tell: hear });
    return { kind: 'own', ping() {}, restart: link.restart, close: link.close };
  }

  function useOwnLink() {
    state.link?.close();
    state.link = ownLink(ioc.lang());
  }

  function openLink() {
    document.documentElement.lang = ioc.lang();
    Object.assign(ioc.link, { seenAt: Date.now(), startedAt: Date.now() });
    state.heardAt = Date.now();
    if (!window.SharedWorker) return useOwnLink();
    try {
      state.link = sharedLink(ioc.lang());
    } catch (error) {
      console.info('live: no shared worker', error);
      useOwnLink();
    }
  }

  // ------------------------------------------------------------------ heartbeat

  function screenId() {
    const known = localStorage.getItem('ioc-screen');
    if (known) return known;
    const made = [...crypto.getRandomValues(new Uint8Array(8))].map(byte => byte.toString(16).padStart(2, '0')).join('');
    localStorage.setItem('ioc-screen', made);
    return made;
  }

  const headlines = () => [...document.querySelectorAll('.headline-value')].map(element => element.textContent).join('|');

  /* FNV-1a: enough to see from the server whether a screen shows what was sent. */
  function digest(text) {
    let hash = 0x811c9dc5;
    for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  }

  function newestFigure() {
    const times = [...document.querySelectorAll('[data-as-of]')].map(element => Date.parse(element.dataset.asOf));
    const newest = Math.max(...times.filter(Number.isFinite));
    return Number.isFinite(newest) ? new Date(newest).toISOString() : null;
  }

  /* Whoever runs the screens points this one at a page. */
  function goWhereAsked(path) {
    if (path && path !== location.pathname + location.search && mayReload() && !reloadedLately()) {
      sessionStorage.setItem('ioc-reloaded-at', Date.now());
      location.assign(path);
    }
  }

  async function heartbeat() {
    state.link.ping();
    if (!state.beats || document.documentElement.dataset.link === 'lost') return;
    const body = JSON.stringify({
      screen: screenId(), epoch: state.epoch, n: state.n, page: location.pathname, watermark: newestFigure(),
      headlines: digest(headlines()), link: document.documentElement.dataset.link, heap: performance.memory?.usedJSHeapSize ?? null,
    });
    try {
      const answer = await fetch('/live/heartbeat', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      state.beats = answer.status !== 404 && answer.status !== 405;
      if (answer.status === 200) goWhereAsked((await answer.json()).pinned);
    } catch {
      // the link itself tells that the server is away
    }
  }

  // ------------------------------------------------------------------ start and the second's tick

  const laidOut = () => {
    const entry = document.getElementById('react-entry-point');
    return !entry || (entry.childElementCount > 0 && !entry.querySelector('._dash-loading, ._dash-error'));
  };
  const isLive = () => document.querySelector('#clock, #link, [data-live]') && window.dash_clientside?.set_props;

  function begin() {
    if (!laidOut() && Date.now() - startedAt > START_MS) reload('the page did not start');
    if (laidOut() && isLive()) openLink();
  }

  function watch(count) {
    if (state.link.kind === 'shared' && Date.now() - state.heardAt > DEAF_MS) useOwnLink();
    if (ioc.link.refused && mayReload() && Date.now() - ioc.link.seenAt > REFUSED_RELOAD_MS) reload('not permitted');
    if (mayReload() && nightHasCome()) reload('night');
    if (count % HEARTBEAT_S === 0) heartbeat();
    ioc.guarded(ioc.giveMissed);
    ioc.showTime();
  }

  let count = 0;
  function tick() {
    setTimeout(tick, 1000 - ((ioc.link.speed === 1 ? ioc.now() : Date.now()) % 1000) + 2);
    count += 1;
    if (state.link) watch(count);
    else begin();
  }

  document.addEventListener('click', event => {
    if (event.target.id === 'ioc-banner' && document.documentElement.dataset.build === 'new') reload('asked for');
  });
  ioc.openLink = options => window.iocLink(options);
  tick();
})((window.ioc = window.ioc || {}));
