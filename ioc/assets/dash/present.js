/* Somebody is there: a key, a click, a wheel. Told once a minute at most, so that a session lasts while its person works, and ends when only the
   page goes on. A paired screen has no session; it is told nothing of interest and the answer is ignored. */
(function () {
  'use strict';

  const APART_MS = 60000;
  let toldAt = 0;

  const tell = event => {
    if (!event.isTrusted || Date.now() - toldAt < APART_MS) return;
    toldAt = Date.now();
    fetch('/session/active', { method: 'POST', cache: 'no-store' }).catch(() => { toldAt = 0; });
  };

  ['keydown', 'pointerdown', 'wheel'].forEach(kind => addEventListener(kind, tell, { passive: true, capture: true }));
})();
