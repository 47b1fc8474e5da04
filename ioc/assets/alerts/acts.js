/* Decisions: each click has a key of its own and is sent until it is answered; who was slower is told what changed, and keeps what was typed. */
import { toaster } from './hands.js';
import { newKey, post as once, sleep } from './send.js';
import { factWord, make, moment, stateWord, text } from './words.js';

export function acts({ toasts, said, now, known, pending, after }) {
  let waiting = 0;
  addEventListener('beforeunload', event => { if (waiting) event.preventDefault(); });

  const toast = toaster(toasts);

  /* POST until there is an answer; the same key, so that what arrived unheard counts once. */
  const post = async (path, body, what) => {
    const key = newKey();
    let told = null;
    waiting += 1;
    try {
      for (let tries = 1; ; tries += 1) {
        const answer = await once(path, body, key);
        if (answer?.status === 401) {
          told?.remove();
          const again = make('button', '', text('again'));
          again.type = 'button';
          told = toast('lost', [text('pendingSignIn', { what }), again]);
          await new Promise(done => { again.addEventListener('click', done, { once: true }); });
        } else if (!answer) {
          told ??= toast('lost', [text('pending', { what })]);
          await sleep(Math.min(10000, 1000 * tries));
        } else {
          return answer;
        }
      }
    } finally {
      waiting -= 1;
      told?.remove();
    }
  };

  const changes = ({ body }, what) => text('changed', {
    what, state: stateWord(body.state),
    changes: body.changes.map(one => text('changedBy', { by: one.by, fact: factWord(one.fact), time: moment(Date.parse(one.at) / 1000, now()) })).join('; '),
  });
  const trouble = (answer, what) => {
    if (answer.status === 409) return changes(answer, what);
    if (answer.status === 403) return text('forbidden', { what });
    if (answer.status === 404) return text('missing', { what });
    return text('refused', { what, why: answer.body.error ?? answer.status });
  };

  /* One decision about one alert as it was seen. An alert is assigned by who has taken it: what is new is taken first. */
  const decide = async (alert, fact, data, reason) => {
    const path = `/api/decisions/alert/${encodeURIComponent(alert.id)}`, what = alert.text;
    let version = alert.version;
    if (fact === 'assigned' && alert.state === 'raised') {
      const taken = await post(path, { fact: 'acknowledged', version }, what);
      if (taken.status !== 200) return taken;
      version = taken.body.version;
      alert = { ...alert, version, state: taken.body.state };
    }
    const answer = await post(path, { fact, version, data, reason }, what);
    return answer.status === 200 || answer.status === 409 ? answer : { ...answer, alert };
  };

  /* About each of several alerts; answers those that failed, as they stand now, and why. */
  const all = async (targets, fact, data = {}, reason = '') => {
    const failed = [];
    for (const alert of targets) pending(alert.id, true);
    for (const alert of targets) {
      const answer = await decide(alert, fact, data, reason);
      pending(alert.id, false);
      const stands = answer.status === 409 ? { ...alert, version: answer.body.version, state: answer.body.state } : answer.alert ?? alert;
      if (answer.status !== 200) failed.push({ alert: stands, why: trouble(answer, alert.text), changed: answer.status === 409 });
    }
    after();
    const done = targets.length - failed.length, word = factWord(fact);
    if (done) {
      const one = done === 1 ? targets.find(alert => !failed.some(other => other.alert.id === alert.id)) : null;
      const line = one ? text('sent', { fact: word, what: one.text }) : text('sentMany', { fact: word, n: done });
      toast('done', [line], 5000);
    }
    return failed;
  };

  const complain = (fact, failed) => {
    const lines = make('ul', '', ...failed.map(({ why }) => make('li', '', why)));
    toast('failed', failed.length > 1 ? [text('failedMany', { n: failed.length, fact: factWord(fact) }), lines] : [failed[0].why]);
  };

  /* A dialog: opened for some alerts, closed when all is done; what failed stays, with what was typed. */
  const dialog = (name, { data, send = all, about = targets => (targets.length === 1 ? targets[0].text : text('checked', { n: targets.length })) }) => {
    const box = document.getElementById(name);
    if (!box) return null;
    const form = box.querySelector('form'), told = box.querySelector('.a-trouble'), submit = box.querySelector('[type=submit]');
    let targets = [], last = '';
    const tell = lines => { told.replaceChildren(...lines.map(line => make('p', '', line))); told.hidden = !lines.length; };
    box.querySelector('[data-cancel]').addEventListener('click', () => box.close());
    form.addEventListener('submit', async event => {
      event.preventDefault();
      const values = new FormData(form), mine = last;
      submit.disabled = true;
      tell([]);
      const failed = await send(targets, name, data(values, targets), String(values.get('reason') ?? '').trim());
      submit.disabled = false;
      if (mine !== last) return void (failed.length && complain(name, failed));
      if (!failed.length) { form.reset(); last = ''; box.close(); return; }
      targets = failed.map(({ alert }) => alert);
      if (box.open) tell([...failed.map(({ why }) => why), text('changedKeep')]); else complain(name, failed);
    });
    /* Enter in the words is a new line; Ctrl+Enter sends. */
    form.addEventListener('keydown', event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit(submit); });
    return (chosen, prepare) => {
      const of = chosen.map(alert => alert.id).join(' ');
      if (submit.disabled && of !== last) return;
      if (of !== last) { form.reset(); tell([]); prepare?.(form, chosen); }
      if (of !== last || !told.childElementCount) targets = chosen;
      last = of;
      box.querySelector('.about').textContent = about(targets);
      box.showModal();
      form.querySelector('select, textarea, input')?.focus();
    };
  };
  return { all, complain, dialog, post, toast, trouble, said: line => { said.textContent = line; }, known };
}
