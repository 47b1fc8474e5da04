/* Decisions on their way: each has a key of its own and is sent until it is answered, also after the page was loaded anew. A report's steps go one after
   the other, each in sight of what the one before made. */
import { newKey, post as once, sleep } from '../alerts/send.js';

/* `who`: what one person decided is not sent in the name of whoever signs in after them. */
export function outbox({ who, show, settle }) {
  const KEPT = `ioc-reports-unsent:${who}`;
  const items = new Map(); // id -> {id, subject, version, steps, at}
  let wake = () => {};
  let wait = null;

  const keep = () => {
    const kept = [...items.values()].map(({ id, subject, version, steps, at }) => ({ id, subject, version, steps, at }));
    try { sessionStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* a browser that keeps nothing: the page says so before it is left */ }
  };
  const tell = () => show([...items.values()].filter(item => item.late), [...items.values()].some(item => item.signedOut));
  addEventListener('beforeunload', event => { if (items.size) event.preventDefault(); });

  /* Those that wait are tried again together: after a while, when the network is back, or when somebody asks for it. */
  const pause = tries => {
    wait ??= Promise.race([sleep(Math.min(8000, 1000 * tries)), new Promise(done => { wake = done; })]).then(() => { wait = null; });
    return wait;
  };
  const again = () => wake();
  addEventListener('online', again);
  addEventListener('focus', again);

  const post = async item => {
    const { fact, data, reason, key } = item.steps[item.at];
    for (let tries = 1; ; tries += 1) {
      const answer = await once(`/api/decisions/report/${encodeURIComponent(item.subject)}`, { fact, version: item.version, data, reason }, key);
      if (answer && answer.status !== 401) return answer;
      item.late = true;
      item.signedOut = answer?.status === 401;
      tell();
      await pause(tries);
    }
  };

  const run = async item => {
    items.set(item.id, item);
    keep();
    let answer = null;
    while (item.at < item.steps.length) {
      answer = await post(item);
      item.late = item.signedOut = false;
      if (answer.status !== 200) break;
      item.version = answer.body.version;
      item.state = answer.body.state;
      item.at += 1;
      keep();
    }
    items.delete(item.id);
    keep();
    tell();
    return { ...answer, done: item.at, failed: item.steps[item.at], version: item.version, state: item.state };
  };

  return {
    again,
    /* Steps about one report as it was seen; answers the last answer, and how many steps stood. */
    send: (row, steps) => run({ id: newKey(), subject: row.subject, version: row.version, at: 0, late: false,
      steps: steps.map(step => ({ data: {}, reason: '', ...step, key: newKey() })) }),
    /* What an earlier page of this tab had not sent. */
    resume() {
      let kept = [];
      try { kept = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]'); } catch { /* nothing was kept */ }
      kept.forEach(item => run({ ...item, late: true }).then(answer => settle(item, answer)));
      tell();
    },
  };
}
