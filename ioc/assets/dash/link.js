/* The live link itself: one EventSource, its watchdog, its way back. Runs in the shared worker and, where a browser has
   none, in the page; it knows no document.

   iocLink({lang, guests, tell}) opens GET /live/stream?lang=…&since=<epoch>.<n> (&guests=1: as guests of the house are shown it) and tells,
   as plain objects:
     {type: 'beat', up, build, speed, held, offset, liveAt, seenAt, refused, away, guests}    after each sign of life and each change of the link
     {type: 'frame', epoch, n, restart, panels}                           restart: forget what was known, this is everything
   Times: seenAt and liveAt (when `live` was last heard) in ms of this machine. The data's time is speed × this machine's ms +
   offset: speed is 1 unless a scenario is played. held: it stands, because what lies before its beginning is still being written.
   away: {cause, since}, what of the centre is away (database, sink, broker) or behind, and since when; null = nothing is known to be.
   guests: whether the server sent what guests may see; it decides, whatever was asked. */
(function (scope) {
  'use strict';

  const SILENT_MS = 15000;
  const BACK_OFF_MS = 15000;
  const CLOCK_SAMPLES = 12;

  function iocLink({ lang, guests = false, tell }) {
    const panels = new Map();
    let source = null;
    let timer = null;
    let tries = 0;
    let epoch = null;
    let n = -1;
    let offsets = [];
    let turn = null;
    let openedAt = Date.now();
    const beat = {
      type: 'beat', up: false, build: null, speed: 1, held: false, offset: null, liveAt: undefined, seenAt: Date.now(), refused: 0, away: null, guests,
    };

    const sayBeat = () => tell({ ...beat });

    const seen = () => {
      beat.seenAt = Date.now();
      beat.up = true;
      beat.refused = 0;
      tries = 0;
    };

    /* The least delayed of the last answers is the nearest to the server's clock; a clock that was set anew is learnt anew. */
    const setClock = ({ now, speed = 1, turn: asked = 0, held = false }) => {
      if (!Number.isFinite(now)) return;
      if (asked !== turn || speed !== beat.speed) offsets = [];
      turn = asked;
      beat.speed = speed;
      beat.held = held;
      offsets = [...offsets, now * 1000 - speed * Date.now()].slice(-CLOCK_SAMPLES);
      beat.offset = Math.max(...offsets);
    };

    const heardLive = silent => {
      beat.liveAt = silent === null ? null : Math.max(beat.liveAt ?? 0, Date.now() - silent * 1000);
    };

    /* One thing at a time: the server names what all else hangs on. */
    const heardAway = (away = {}) => {
      const [cause] = Object.keys(away);
      beat.away = cause ? { cause, since: Date.now() - away[cause] * 1000 } : null;
    };

    const address = () => {
      const since = epoch === null ? '' : `${epoch}.${n}`;
      return `/live/stream?lang=${encodeURIComponent(lang)}${guests ? '&guests=1' : ''}&since=${encodeURIComponent(since)}`;
    };

    const forget = () => {
      panels.clear();
      epoch = null;
      n = -1;
    };

    const onHello = event => {
      seen();
      const hello = JSON.parse(event.data);
      beat.build = hello.build;
      beat.guests = hello.guests;
      offsets = []; // between two connections this machine may have slept, or its clock been set
      setClock(hello);
      sayBeat();
    };

    const onHeartbeat = event => {
      seen();
      const beaten = JSON.parse(event.data);
      setClock(beaten);
      heardLive(beaten.silent_s);
      heardAway(beaten.away);
      sayBeat();
    };

    const onFrame = event => {
      seen();
      const frame = JSON.parse(event.data);
      const restart = frame.epoch !== epoch || frame.n < n;
      if (restart) panels.clear();
      const changed = Object.entries(frame.panels).filter(([key, panel]) => !(panels.get(key)?.n >= panel.n));
      changed.forEach(([key, panel]) => panels.set(key, panel));
      epoch = frame.epoch;
      n = frame.n;
      heardLive(frame.silent_s);
      sayBeat();
      tell({ type: 'frame', epoch, n, restart, panels: Object.fromEntries(changed) });
    };

    /* A frame that can not be read is never half believed: everything is asked for again. */
    const guarded = read => event => {
      try {
        read(event);
      } catch (error) {
        console.error('live link: unreadable message', error);
        forget();
        retry();
      }
    };

    /* An EventSource does not tell an HTTP status; a screen without permission must not look like a cut cable. */
    const askWhy = async () => {
      const stop = new AbortController();
      try {
        const answer = await fetch(address(), { signal: stop.signal, cache: 'no-store' });
        beat.refused = answer.status === 401 || answer.status === 403 ? answer.status : 0;
      } catch {
        beat.refused = 0;
      } finally {
        stop.abort();
      }
      sayBeat();
    };

    const onError = () => {
      const refusedByHttp = source.readyState === 2;
      retry();
      if (refusedByHttp) askWhy();
    };

    const shut = () => {
      clearTimeout(timer);
      if (source) source.close();
      source = null;
    };

    function open() {
      shut();
      openedAt = Date.now();
      source = new EventSource(address());
      source.addEventListener('hello', guarded(onHello));
      source.addEventListener('hb', guarded(onHeartbeat));
      source.onmessage = guarded(onFrame);
      source.onerror = onError;
    }

    function retry() {
      shut();
      beat.up = false;
      const wait = Math.min(BACK_OFF_MS, 1000 * 2 ** tries) * (0.5 + Math.random() / 2);
      tries += 1;
      timer = setTimeout(open, wait);
      sayBeat();
    }

    /* Half-open sockets and machines that slept send no error: silence is the sign. */
    const watchdog = setInterval(() => {
      if (source && Date.now() - Math.max(beat.seenAt, openedAt) > SILENT_MS) retry();
    }, 1000);
    open();

    return {
      beat: () => ({ ...beat }),
      everything: () => ({ type: 'frame', epoch, n, restart: true, panels: Object.fromEntries(panels) }),
      hasFrames: () => epoch !== null,
      restart() {
        forget();
        retry();
      },
      close() {
        clearInterval(watchdog);
        shut();
      },
    };
  }

  scope.iocLink = iocLink;
})(self);
