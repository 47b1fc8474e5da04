/* /console/screens tells every five seconds what the screens painted; what somebody is typing is left alone. */
'use strict';

(function () {
  const EVERY_MS = 5000;
  const SAYS = '.screen-says';

  const take = found => {
    document.querySelectorAll('.screen').forEach(here => {
      const there = found.getElementById(here.id);
      if (!there) return;
      here.dataset.state = there.dataset.state;
      here.querySelector(SAYS).replaceWith(document.adoptNode(there.querySelector(SAYS)));
    });
  };

  const ask = async () => {
    try {
      const answer = await fetch(location.pathname + location.search, { cache: 'no-store' });
      if (answer.ok && !answer.redirected) take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      document.documentElement.dataset.heard = answer.ok ? 'yes' : 'no';
    } catch {
      document.documentElement.dataset.heard = 'no'; // the times stand still: they are greyed
    }
    setTimeout(ask, EVERY_MS);
  };

  setTimeout(ask, EVERY_MS);
})();
