/* One report in full: what was told, what the machine suggests, what became of it, and what can be decided now. */
import { actWord, factWord, make, text } from '../alerts/words.js';
import { nameOf } from './choices.js';
import { at, left, priority } from './marks.js';
import { near as nears } from './near.js';
import { spot } from './spot.js';

const KEYS = { accept: 'y', verified: 'v', assigned: 'a', rejected: 'x', merged: 'm', referred: 'f', needs_info: 'i', paused: 'p', extended: 'e', denied: 'd', published: 'b',
  reopened: 'r', undone: 'u' };
const SHOWN = Object.keys(KEYS);
const quoted = (name, value, className = '') => (value ? [make('dt', '', text(name)), make('dd', className, value)] : []);

export function pane({ place, store, act, open, shown }) {
  const map = spot(), near = nears();
  let asked = 0;

  const buttons = (report, weighed) => {
    const facts = SHOWN.filter(fact => (fact === 'accept' ? weighed && report.acts.some(one => one === 'verified' || one === 'assigned') : report.acts.includes(fact)));
    if (!facts.includes('assigned') && report.acts.includes('verified')) facts.splice(facts.indexOf('verified') + 1, 0, 'assigned');
    return make('div', 'a-acts', ...facts.map((fact, n) => {
      const made = make('button', n ? 'plain' : '', actWord(fact), make('kbd', '', KEYS[fact]));
      made.type = 'button';
      made.tabIndex = -1;
      made.addEventListener('click', () => act(fact));
      return made;
    }));
  };

  const score = one => {
    const bar = make('meter');
    Object.assign(bar, { min: 0, max: 1, value: one.score });
    return make('span', 'r-score', bar, ` ${Math.round(one.score * 100)}%`);
  };
  const suggestions = (weighed, changed) => {
    if (weighed === undefined) return make('section', 'r-suggests', make('p', 'a-faint', text('weighing')));
    if (weighed === null) return make('section', 'r-suggests', make('p', 'a-faint', text('notWeighed')));
    const { priority: urgency, routing, duplicates } = weighed;
    const reasons = urgency.reasons.length ? make('ul', 'r-why', ...urgency.reasons.map(why => make('li', '', why))) : null;
    const first = routing[0];
    const same = duplicates.map((one, n) => {
      const link = make('button', 'plain', one.subject);
      link.type = 'button';
      link.tabIndex = -1;
      link.addEventListener('click', () => open(one.subject));
      return make('li', '', make('b', '', `${n + 1}. `), link, score(one), one.state_word ?? '', one.distance_m === null ? '' : ` · ${text('metres', { n: Math.round(one.distance_m) })}`,
        make('small', '', one.reasons.join('; ')));
    });
    return make('section', 'r-suggests', make('h3', '', text('suggested')),
      make('dl', 'r-facts', make('dt', '', text('priority')), make('dd', '', priority(changed.priority ?? urgency.value, !changed.priority), reasons),
        make('dt', '', text('agency')), make('dd', '', first ? make('b', '', first.name) : text('noRoute'), first?.why ? make('small', '', ` ${first.why}`) : null),
        make('dt', '', text('duplicates')), make('dd', '', same.length ? make('ol', 'r-same', ...same) : text('noDuplicates'))));
  };

  const photos = report => make('div', 'r-photos', ...report.photos.map((one, n) => {
    const link = make('a'), image = make('img'), hint = report.hints.find(h => h.id === one.id);
    Object.assign(link, { href: `/console/photos/${encodeURIComponent(one.id)}`, target: '_blank', tabIndex: -1 });
    Object.assign(image, { src: link.href, loading: 'lazy', decoding: 'async', alt: text('photoOf', { n: n + 1, stage: text(one.stage === 'after' ? 'stageAfter' : 'stageBefore') }) });
    link.append(image);
    return make('figure', '', link, make('figcaption', hint?.far ? 'r-far' : '', text(one.stage === 'after' ? 'stageAfter' : 'stageBefore'),
      hint ? ` · ${text(hint.far ? 'photoFar' : 'photoNear', { n: hint.distance_m })}` : ''));
  }));

  const event = one => {
    const by = one.by || one.role || text('source');
    const parts = [one.to, one.parent, one.priority && one.fact !== 'submitted' ? `P${one.priority}` : '', one.fact === 'verified' ? one.category : '', one.due_at && one.fact !== 'submitted' && text('dueAt', { time: at(one.due_at) }),
      one.reason && nameOf('reasons', one.reason), one.rating && text(`rating${one.rating}`)].filter(Boolean);
    return make('li', '', make('time', '', at(one.at)), make('span', '', make('b', '', `${by}: ${factWord(one.fact)}`), parts.length ? ` – ${parts.join('; ')}` : '',
      one.public ? make('small', 'r-public', text('public')) : null, one.note ? make('q', '', one.note) : null));
  };

  const facts = report => {
    const contact = Object.entries(report.contact).map(([field, value]) => `${nameOf('contact', field)}: ${value}`).join(' · ');
    const more = Object.entries(report.attributes).map(([name, value]) => `${name}: ${value}`).join('; ');
    return make('dl', 'r-facts', ...quoted('place', report.address), ...quoted('unit', report.unit), ...quoted('agency', report.agency), ...quoted('channel', nameOf('channels', report.channel)),
      ...quoted('submitted', at(report.submitted_at)), ...quoted('due', at(report.due_at)), ...quoted('wanted', at(report.wanted_due_at)), ...quoted('contact', contact),
      ...quoted('parent', report.parent), ...quoted('attributes', more), ...quoted('children', report.children.map(child => child.subject).join(', ')));
  };

  const draw = (report, weighed, changed) => {
    const again = place.dataset.subject === report.subject, top = place.scrollTop;
    const chips = [changed.priority && make('span', 'r-chip', text('willBe', { what: `P${changed.priority}` })), changed.category && make('span', 'r-chip', text('willBe', { what: changed.category_name }))].filter(Boolean);
    const head = make('p', 'a-status', priority(report.priority, report.ours), make('b', '', report.state_word), left(report.left), ...chips,
      report.simulated ? make('span', 'r-mock', text('simulated')) : null, make('span', 'r-code', report.subject));
    const who = make('p', 'r-looking', report.looking.length ? text('looks', { names: report.looking.join(', ') }) : '');
    const told = make('p', 'r-words', report.lost ? text('lost') : report.text || text('noWords'));
    place.replaceChildren(head, who, make('p', 'r-kind', report.category_name), told, report.decidable ? buttons(report, weighed) : make('p', 'a-faint', text('readOnly')),
      make('div', 'r-two', make('div', '', suggestions(weighed, changed), make('h3', '', text('timeline')), make('ol', 'a-events', ...report.events.toReversed().map(event))),
        make('div', '', report.photos.length ? photos(report) : null, facts(report), map.place, near.place)));
    place.dataset.subject = report.subject;
    place.scrollTop = again ? top : 0;
    if (!again) near.show(report);
    map.show(report, open);
    shown(report.subject);
  };

  /* The suggestions alone: pictures are not fetched again. */
  const suggest = (report, weighed, changed) => {
    place.querySelector('.r-suggests')?.replaceWith(suggestions(weighed, changed));
    if (report.decidable) place.querySelector('.a-acts')?.replaceWith(buttons(report, weighed));
  };

  return {
    /* Answers when it stands on the page; what was fetched ahead does at once. */
    async show(row, changed) {
      const mine = asked += 1, detail = store.detail(row.subject, row.version), weighed = store.weighed(row.subject, row.version);
      if (!detail.value && place.dataset.subject !== row.subject) {
        place.replaceChildren(make('p', 'r-kind', row.category_name), make('p', 'r-words', row.text || text('noWords')), make('p', 'a-faint', text('loading')));
        delete place.dataset.subject;
      }
      try {
        const report = detail.value ?? await detail.promise;
        if (mine !== asked) return;
        draw(report, weighed.value ?? undefined, changed);
        if (!weighed.value) weighed.promise.catch(() => null).then(value => { if (mine === asked) suggest(report, value, changed); });
      } catch (wrong) {
        if (mine === asked) { delete place.dataset.subject; place.replaceChildren(make('p', 'r-words', row.text), make('p', 'problem', text(wrong.status === 404 ? 'gone' : 'unloaded'))); }
      }
    },
    looking(names) { const told = place.querySelector('.r-looking'); if (told) told.textContent = names?.length ? text('looks', { names: names.join(', ') }) : ''; },
    nothing(kind) { asked += 1; delete place.dataset.subject; place.replaceChildren(make('p', 'a-faint', text(kind))); },
  };
}
