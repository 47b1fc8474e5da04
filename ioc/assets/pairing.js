/* A screen that waits to be paired: it asks every three seconds, and goes to the wall once somebody has confirmed its code. */
'use strict';

(function () {
  const EVERY_MS = 3000;
  const place = document.querySelector('.pairing');

  const ask = async () => {
    try {
      const answer = await fetch('/screen/state', { method: 'POST', cache: 'no-store' });
      if (answer.ok) {
        const { state } = await answer.json();
        if (state === 'paired') return location.replace(place.dataset.to || '/wall');
        if (state === 'over') return location.reload();
      }
    } catch {
      // The centre is away: the code stays, and the next question may find it.
    }
    return setTimeout(ask, EVERY_MS);
  };

  if (place) setTimeout(ask, EVERY_MS);
})();
