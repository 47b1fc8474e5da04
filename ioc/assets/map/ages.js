/* How old what stands on the map is: a map says of its points what the page around says of their panel, so that no point is fresh beside an old card.

   Read each second from the page around: #card--KEY or #focus--KEY with its data-state, and within it .source[data-stream][data-state][data-heard].
   A panel's points are its first stream's, cameras those of the cameras'; where the page names no source of that stream, the card's own state holds.
   A map without such a page (a moment of the past, a file that was taken away) stands at its moment, and nothing on it ages. */
(function (ioc) {
  'use strict';

  const ORDER = ['none', 'fresh', 'late', 'stale', 'dead']; // a source that was never heard takes nothing from the others
  const SAID = ['none', 'stale', 'dead'];
  const CAMERAS = 'camera';
  const EVERY_MS = 1000;
  let known = {}; // key -> {kind or '' -> {level, heard}}

  function pageAround() {
    try {
      return window.parent === window ? null : window.parent.document;
    } catch {
      return null; // a page of another host is around ours
    }
  }

  const heardOf = element => element?.dataset.heard ?? element?.dataset.asOf ?? '';

  const rank = ({ dataset }) => ORDER.indexOf(dataset.state);

  /* The worst of the sources of a stream, else the card. A page that lost its link has worsened them all. */
  function ageOf(card, sources) {
    const found = sources.length ? sources : [card];
    const worst = found.reduce((one, other) => (rank(other) > rank(one) ? other : one));
    const level = SAID.includes(worst.dataset.state) ? worst.dataset.state : '';
    return { level, heard: level && (heardOf(worst) || heardOf(card.querySelector('.card-age'))) };
  }

  function agesOf(page, key) {
    const card = page.getElementById(`card--${key}`) ?? page.getElementById(`focus--${key}`);
    if (!card) return {};
    const sources = [...card.querySelectorAll('.source[data-stream]')];
    const own = sources[0]?.dataset.stream;
    const of = stream => ageOf(card, sources.filter(source => source.dataset.stream === stream));
    return { '': of(own), [CAMERAS]: of(sources.some(source => source.dataset.stream === CAMERAS) ? CAMERAS : own) };
  }

  function look() {
    const page = pageAround();
    const found = page ? Object.fromEntries(ioc.given.keys.map(key => [key, agesOf(page, key)])) : {};
    if (JSON.stringify(found) === JSON.stringify(known)) return;
    known = found;
    ioc.refresh();
  }

  const FRESH = { level: '', heard: '' };
  ioc.ageOf = (key, kind = '') => known[key]?.[kind] ?? known[key]?.[''] ?? FRESH;
  ioc.isOld = feature => ioc.ageOf(feature.key, ioc.kindOf(feature)).level !== '';

  /* "mất nguồn từ 10:31 22/11" */
  ioc.ageWord = ({ level, heard }) => {
    if (level === 'none') return ioc.phrase('unknown');
    const at = Date.parse(heard);
    return Number.isNaN(at) ? ioc.phrase(`age.${level}`) : `${ioc.phrase(`age.${level}`)} ${ioc.phrase('since')} ${ioc.moment(at / 1000)}`;
  };

  ioc.watchAges = () => {
    if (window.parent === window) return;
    look();
    setInterval(look, EVERY_MS);
  };
})(window.iocMap);
