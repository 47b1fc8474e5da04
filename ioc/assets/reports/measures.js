/* Keys and the machine's time for each report, told to the centre; each person sees their own alone. Reading is only told, never a target. */
import { make, text } from '../alerts/words.js';

const painted = () => new Promise(done => { requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))); });
const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

export function measures({ place }) {
  const done = [];
  let open = { subject: '', keys: 0, machine: 0, since: 0 };
  const show = () => {
    const rows = [['measured', done.length], ['keysEach', median(done.map(one => one.keys))], ['machineEach', Math.round(median(done.map(one => one.machine_ms)))],
      ['machineMost', Math.round(Math.max(...done.map(one => one.machine_ms)))], ['readingEach', (median(done.map(one => one.reading_ms)) / 1000).toFixed(1)]];
    place.replaceChildren(...(done.length ? rows : rows.slice(0, 1)).map(([name, n]) => make('span', '', text(name, { n }))));
  };
  show();
  return {
    /* A report stands before the person now. */
    begins(subject) { if (open.subject !== subject) open = { subject, keys: 0, machine: 0, since: performance.now() }; },
    shown(subject) { if (open.subject === subject) open.since = Math.max(open.since, performance.now()); },
    key(event) {
      if (['Shift', 'Control', 'Alt', 'Meta', 'CapsLock', 'Tab'].includes(event.key) || event.target.tagName === 'TEXTAREA') return;
      const mine = open, pressed = event.timeStamp;
      mine.keys += 1;
      mine.last = pressed;
      painted().then(at => { if (mine.last !== pressed || !mine.decided) mine.machine += at - pressed; });
    },
    /* The last key decided: its time runs until the next report and the answer stand on the screen. Answers what is called then. */
    decides(act) {
      const mine = open, pressed = mine.last ?? performance.now();
      mine.decided = true;
      return async waits => {
        await waits;
        const one = { subject: mine.subject, act, keys: mine.keys, machine_ms: Math.round(mine.machine + await painted() - pressed), reading_ms: Math.max(0, Math.round(pressed - mine.since)) };
        done.push(one);
        show();
        fetch('/api/measures', { method: 'POST', keepalive: true, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(one) }).catch(() => {});
      };
    },
  };
}
