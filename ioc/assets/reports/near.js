/* Cameras nearest to a report, of those whose pictures this person may see: how far, how they stand, and the way to them. */
import { make, text } from '../alerts/words.js';

export function near() {
  const place = make('section', 'r-near');
  const may = Boolean(document.getElementById('reports').dataset.cameras);
  let asked = 0;
  place.hidden = true;
  const camera = (one, names) => {
    const link = make('a', '', one.name), word = make('span', 'r-camera', make('i', ''), names[one.condition] ?? one.condition);
    Object.assign(link, { href: `/console/cameras?open=${encodeURIComponent(one.id)}`, target: '_blank', tabIndex: -1 });
    word.dataset.condition = one.condition;
    word.firstChild.setAttribute('aria-hidden', 'true');
    return make('li', '', link, word, make('small', '', text('metres', { n: one.distance_m }), one.simulated ? ` · ${text('simulated')}` : ''));
  };
  return {
    place,
    async show(report) {
      const mine = asked += 1;
      place.hidden = true;
      if (!may || !report.place) return;
      const answer = await fetch(`/api/cameras/near.json?lang=${document.documentElement.lang}&report=${encodeURIComponent(report.subject)}`, { cache: 'no-store' }).catch(() => null);
      const told = answer?.status === 200 ? await answer.json().catch(() => null) : null;
      if (mine !== asked || !told) return;
      const around = make('a', '', text('around'));
      Object.assign(around, { href: `/console/cameras/around?report=${encodeURIComponent(report.subject)}`, target: '_blank', tabIndex: -1 });
      place.replaceChildren(make('h3', '', text('nearCameras')),
        told.cameras.length ? make('ul', 'r-cameras', ...told.cameras.map(one => camera(one, told.conditions))) : make('p', 'a-faint', text('noCameraNear')), make('p', '', around));
      place.hidden = false;
    },
  };
}
