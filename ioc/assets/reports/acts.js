/* What is asked before a decision, and the steps that it comes to. A new report is verified before it is assigned, each a decision of its own. */
import { actWord, make, text } from '../alerts/words.js';
import { choices, replies } from './choices.js';
import { at } from './marks.js';

const UNSEEN = new Set(['submitted', 'needs_info']);
const ASSIGNED = new Set(['verified', 'returned', 'reopened', 'assigned', 'accepted']);
const VERIFIED = new Set(['submitted', 'needs_info', 'reopened']);

export function acts({ asker, store, changes }) {
  const verify = (report, more = {}) => {
    const { category, priority } = { ...more, ...changes.get(report.subject) };
    return { fact: 'verified', data: { ...(category && category !== report.category ? { category } : {}), ...(priority ? { priority } : {}) } };
  };
  const assign = (report, org, more) => {
    const first = UNSEEN.has(report.state) || (report.state === 'reopened' && changes.has(report.subject)) ? [verify(report, more)] : [];
    return first.length || ASSIGNED.has(report.state) ? [...first, { fact: 'assigned', data: { to_org: org } }] : null;
  };
  const weighed = async report => {
    try { return await store.weighed(report.subject, report.version).promise; } catch { return null; }
  };
  const about = reports => (reports.length === 1 ? `${reports[0].subject} · ${(reports[0].text ?? '').slice(0, 120)}` : text('checked', { n: reports.length }));
  const draft = (fact, reports) => `${fact} ${reports.map(one => one.subject).join(' ')}`;
  const plan = (fact, chosen, steps) => ({ fact, steps, draft: chosen?.draft, words: chosen?.words });

  const withWords = (fact, data = () => ({}), quick = false) => async reports => {
    const question = { title: actWord(fact), about: about(reports), items: replies(fact), words: 'required', quick, draft: draft(fact, reports) };
    const chosen = await asker.ask(question);
    return chosen && plan(fact, { ...chosen, draft: question.draft }, () => [{ fact, data: { ...data(chosen), ...(chosen.item ? { reason_code: chosen.item.code } : {}) }, reason: chosen.words }]);
  };

  const beside = (report, found) => async (item, side) => {
    const one = found.find(other => other.subject === item.code);
    const column = (title, words, small) => make('div', '', make('h3', '', title), make('p', 'r-words', words), small ? make('small', '', small) : null);
    const mine = column(report.subject, report.text || text('noWords'));
    side.replaceChildren(mine, column(item.code, text('loading')));
    const other = await store.detail(item.code, 0).promise.catch(() => null);
    if (side.firstChild === mine) side.replaceChildren(mine, column(item.code, other ? other.text || text('noWords') : text('gone'), [other && at(other.submitted_at), other?.state_word, one?.reasons.join('; ')].filter(Boolean).join(' · ')));
  };

  return {
    weighed,
    ask: {
      verified: async () => ({ fact: 'verified', steps: report => (VERIFIED.has(report.state) ? [verify(report)] : null) }),
      /* All that is suggested: verified with the priority that the rule gives, and assigned to the first agency. */
      accept: async reports => {
        const found = new Map();
        for (const report of reports) found.set(report.subject, await weighed(report));
        if (reports.length === 1 && !found.get(reports[0].subject)) return { refused: text('notWeighed') };
        return { fact: 'accept', steps: report => {
          const told = found.get(report.subject);
          if (!told) return null;
          const more = told.priority.value === report.priority ? {} : { priority: told.priority.value };
          return told.routing.length ? assign(report, told.routing[0].org, more) : VERIFIED.has(report.state) ? [verify(report, more)] : null;
        } };
      },
      assigned: async reports => {
        const told = reports.length === 1 ? await weighed(reports[0]) : null, first = told?.routing ?? [];
        const suggested = new Set(first.map(one => one.org));
        const items = [...first.map(one => ({ code: one.org, name: one.name, small: `★ ${one.why}` })), ...choices.agencies.filter(one => !suggested.has(one.code))];
        const chosen = await asker.ask({ title: actWord('assigned'), about: about(reports), items, search: true });
        return chosen?.item && plan('assigned', chosen, report => assign(report, chosen.item.code));
      },
      rejected: withWords('rejected'),
      needs_info: withWords('needs_info'),
      referred: withWords('referred'),
      denied: withWords('denied'),
      reopened: withWords('reopened'),
      published: withWords('published'),
      paused: withWords('paused', () => ({ approved: true }), true),
      merged: async reports => {
        const told = reports.length === 1 ? await weighed(reports[0]) : null, found = told?.duplicates ?? [];
        const items = found.map(one => ({ code: one.subject, name: `${one.subject} · ${Math.round(one.score * 100)}%`, small: one.reasons.join('; '), words: text('mergedInto', { code: one.subject }) }));
        const question = { title: actWord('merged'), about: about(reports), items, search: true, words: 'required', quick: true, draft: draft('merged', reports),
          free: typed => ({ code: typed, name: typed, small: text('typedCode'), words: text('mergedInto', { code: typed }) }), preview: reports.length === 1 ? beside(reports[0], found) : null };
        const chosen = await asker.ask(question);
        return chosen?.item && plan('merged', { ...chosen, draft: question.draft }, report => (report.subject === chosen.item.code ? null
          : [{ fact: 'merged', data: { parent_id: chosen.item.code }, reason: chosen.words }]));
      },
      extended: async reports => {
        const whole = reports.length === 1 ? await store.detail(reports[0].subject, reports[0].version).promise.catch(() => null) : null;
        if (!whole?.extensions.length) return { refused: text('notNow', { what: actWord('extended') }) };
        const items = whole.extensions.map(one => ({ code: one.due_at, name: `${at(one.at)} – ${one.days ? text('workingDays', { n: one.days }) : text('asWanted')}`, words: replies('extended')[0]?.words }));
        const question = { title: actWord('extended'), about: about(reports), items, words: 'required', quick: true, draft: draft('extended', reports) };
        const chosen = await asker.ask(question);
        return chosen?.item && plan('extended', { ...chosen, draft: question.draft }, () => [{ fact: 'extended', data: { due_at: chosen.item.code }, reason: chosen.words }]);
      },
    },
    /* A category for the report that is read, told with the decision that verifies it. */
    category: () => asker.ask({ title: text('category'), items: choices.categories.map(one => ({ ...one, small: `P${one.priority}` })), search: true }),
    stage: stages => asker.ask({ title: text('stage'), items: stages }),
  };
}
