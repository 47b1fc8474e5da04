/* The live page: joins the browser's one live link, lets frames be applied, reloads when it must, reports that it lives.

   A page is live when it has #clock, #link or [data-live]. An element with data-wall="no" (or <body data-wall="no">) keeps the
   page from reloading by itself: a console shows that a new build is there instead. A panel within a rotation neither reloads by itself nor speaks.
   No other file starts anything. */
(function (ioc) {
  'use strict';

  const WORKER = '/static/live-worker.js';
  const START_MS = 20000;
  const SOON_MS = 40;
  const DEAF_MS = 20000;
  const HEARTBEAT_S = 10;
  const REFUSED_RELOAD_MS = 60000;
  const RELOADS_APART_MS = 20000;
  const GIVE_UP_AFTER = 5;
  const version = new URL(document.currentScript?.src ?? location.href).search;
  const startedAt = Date.now();

  const state = { link: null, build: null, epoch: null, n: null, failures: 0, heardAt: 0, reloading: false };
  ioc.state = state;

  const mayReload = () => !ioc.isFramed && !document.querySelector('[data-wall="no"]');
  ioc.mayReload = mayReload;
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
    if (state.failures >= GIVE_UP_AFTER && (ioc.isFramed || mayReload())) reload('frames can not be applied');
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
    ioc.paint(frame);
    requestAnimationFrame(ioc.showTime);
  }

  function newBuild() {
    if (ioc.isFramed) return; // the page around it sees it too
    document.documentElement.dataset.build = 'new';
    if (mayReload()) reload('new build');
  }

  function takeBeat({ type, build, guests, ...link }) {
    Object.assign(ioc.link, link);
    if (link.up && guests !== undefined && guests !== ioc.guests() && mayReload()) reload('seen by others now');
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

  /* A worker takes its time to start: it does so while the page is being laid out. */
  const early = { worker: null, failed: false };
  try {
    early.worker = new SharedWorker(WORKER + version, { name: 'ioc-live' });
    early.worker.onerror = () => { early.failed = true; };
  } catch (error) {
    console.info('live: no shared worker', error);
  }

  const asked = () => ({ lang: ioc.lang(), guests: ioc.guests() });

  function sharedLink(room) {
    const { worker } = early;
    const say = what => worker.port.postMessage({ say: what, ...room });
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

  function ownLink(room) {
    const link = ioc.openLink({ ...room, tell: hear });
    return { kind: 'own', ping() {}, restart: link.restart, close: link.close };
  }

  function useOwnLink() {
    state.link?.close();
    state.link = ownLink(asked());
  }

  function openLink() {
    document.documentElement.lang = ioc.lang();
    Object.assign(ioc.link, { seenAt: Date.now(), startedAt: Date.now() });
    state.heardAt = Date.now();
    if (early.worker && !early.failed) state.link = sharedLink(asked());
    else useOwnLink();
  }

  // ------------------------------------------------------------------ start and the second's tick

  const laidOut = () => {
    const entry = document.getElementById('react-entry-point');
    return !entry || (entry.childElementCount > 0 && !entry.querySelector('._dash-loading, ._dash-error'));
  };
  const isLive = () => document.querySelector('#clock, #link, [data-live]') && window.dash_clientside?.set_props;

  function begin() {
    if (!laidOut() && Date.now() - startedAt > START_MS) reload('the page did not start');
    if (!laidOut() || !isLive()) return;
    openLink();
    ioc.startRotation();
  }

  function watch(count) {
    if (state.link.kind === 'shared' && Date.now() - state.heardAt > DEAF_MS) useOwnLink();
    if (ioc.link.refused && mayReload() && Date.now() - ioc.link.seenAt > REFUSED_RELOAD_MS) reload('not permitted');
    if (mayReload() && nightHasCome()) reload('night');
    if (count % HEARTBEAT_S === 0) state.link.ping();
    if (count % HEARTBEAT_S === 0 && !ioc.isFramed) ioc.heartbeat(state.build);
    ioc.watchPainting();
    ioc.guarded(ioc.giveMissed);
    ioc.showTime();
  }

  /* The page is looked for often: each moment until it is there is one that a screen stays empty. */
  let count = 0;
  function tick() {
    setTimeout(tick, !state.link ? SOON_MS : 1000 - ((ioc.link.speed === 1 ? ioc.now() : Date.now()) % 1000) + 2);
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
