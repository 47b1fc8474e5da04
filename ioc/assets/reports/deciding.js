/* Decisions about one report or many: shown at once, taken back with a clear word where they do not stand, undone together. */
import { actWord, factWord, make, moment, text } from '../alerts/words.js';
import { nameOf } from './choices.js';

const AT_ONCE = 4;

export function deciding({ list, outbox, toast, reload, drop, asker }) {
  const stack = []; // {fact, items: [{subject, steps}]}, the last decision last

  const why = (answer, report) => {
    const what = report.subject;
    if (answer.status === 409) {
      const changes = (answer.body.changes ?? []).map(one => text('changedBy', { by: one.by, fact: factWord(one.fact), time: moment(Date.parse(one.at) / 1000, Date.now() / 1000) })).join('; ');
      return text('changed', { what, changes, state: nameOf('states', answer.body.state) });
    }
    if (answer.status === 403) return text('forbidden', { what });
    return answer.status === 404 ? text('missing', { what }) : text('refused', { what, why: answer.body?.error ?? answer.status });
  };

  const sent = async (report, plan, steps) => {
    const before = { ...report };
    list.set({ ...report, mark: { kind: 'sent', text: text('sending', { what: actWord(plan.fact) }) } });
    const answer = await outbox.send(report, steps);
    if (answer.status === 200) {
      drop(report.subject);
      list.set({ ...(list.report(report.subject) ?? before), version: answer.version, state: answer.state, state_word: nameOf('states', answer.state), left: before.left,
        mark: { kind: 'mine', text: text('doneMine', { state: nameOf('states', answer.state) }) } });
      if (plan.draft) asker.sent(plan.draft);
      return { report, stood: steps.length };
    }
    // What stood of several steps can be undone, what did not is said.
    const failed = why(answer, report);
    if (plan.draft) asker.keep(plan.draft, plan.words);
    drop(report.subject);
    list.set({ ...before, mark: { kind: 'failed', text: text('failedMark') } });
    await reload([report.subject], { kind: 'failed', text: text('failedMark') });
    return { report, stood: answer.done, why: failed };
  };

  /* Several at a time, with how far it is. */
  const all = async (reports, plan) => {
    const queue = [...reports], done = [], told = reports.length > 1 ? toast('progress', [text('progress', { n: 0, all: reports.length })]) : null;
    const work = async () => {
      for (let report = queue.shift(); report; report = queue.shift()) {
        const now = list.report(report.subject) ?? report, steps = plan.steps(now);
        done.push(steps?.length ? await sent(now, plan, steps) : { report: now, stood: 0, why: text('notFor', { what: now.subject, fact: actWord(plan.fact), state: now.state_word }) });
        if (told) told.firstChild.textContent = text('progress', { n: done.length, all: reports.length });
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, reports.length) }, work));
    told?.remove();
    verdicts(done, plan);
    return done;
  };

  const verdicts = (done, plan) => {
    const stood = done.filter(one => !one.why), failed = done.filter(one => one.why), undoable = done.filter(one => one.stood > 0 && plan.undoable !== false);
    if (undoable.length) stack.push({ fact: plan.fact, items: undoable.map(one => ({ subject: one.report.subject, steps: one.stood })) });
    if (stood.length > 1) toast('done', [text('doneMany', { fact: actWord(plan.fact), n: stood.length })], 8000);
    else if (stood.length && plan.fact !== 'undone') toast('done', [text('done', { fact: actWord(plan.fact), what: stood[0].report.subject })], 3000);
    if (failed.length) toast('failed', failed.length > 1 ? [text('failedMany', { n: failed.length }), make('ul', '', ...failed.map(one => make('li', '', one.why)))] : [failed[0].why]);
  };

  return {
    all,
    get undoes() { return stack.length; },
    /* What the person decided last about the report that is read, else what was decided last at all: each step taken back. */
    async undo(current) {
      const at = Math.max(stack.findLastIndex(entry => entry.items.length === 1 && entry.items[0].subject === current), -1);
      const [entry] = stack.splice(at < 0 ? stack.length - 1 : at, 1);
      if (!entry) return null;
      const steps = new Map(entry.items.map(item => [item.subject, item.steps])), fresh = await reload([...steps.keys()]);
      const reports = [...steps.keys()].map(subject => list.report(subject) ?? fresh.get(subject)).filter(Boolean);
      await all(reports, { fact: 'undone', undoable: false, steps: report => Array.from({ length: steps.get(report.subject) }, () => ({ fact: 'undone' })) });
      reports.forEach(({ subject }) => { const now = list.report(subject); if (now?.mark?.kind === 'mine') list.set({ ...now, mark: null }); });
      return entry.items.length === 1 ? entry.items[0].subject : null;
    },
  };
}
