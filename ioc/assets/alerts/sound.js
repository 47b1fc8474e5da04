/* A short sound for what is new and grave enough: made here, no file. On or off is this browser's; a browser lets a page sound only after a click. */
import { minuteOfDay, severityWord, text } from './words.js';

const ON = 'ioc.alerts.sound';
const HEARD = 'ioc.alerts.heard';
const KEPT = 2000;

export function sounder({ button, rules, now }) {
  const Context = globalThis.AudioContext;
  const context = Context ? new Context() : null;
  let on = localStorage.getItem(ON) !== 'off';
  let wasQuiet = null;

  const minutes = text => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  const quiet = () => {
    const at = minuteOfDay(now()), from = minutes(rules.from), until = minutes(rules.until);
    return from <= until ? at >= from && at < until : at >= from || at < until;
  };
  const locked = () => context.state !== 'running';

  const show = () => {
    const key = !context ? 'soundNone' : !on ? 'soundOff' : locked() ? 'soundLocked' : quiet() ? 'soundQuiet' : 'soundOn';
    button.textContent = text(key);
    button.dataset.sound = key;
    button.title = key === 'soundQuiet' ? `${rules.from}–${rules.until}: ${severityWord(rules.grave)}` : '';
    button.disabled = !context;
    button.setAttribute('aria-pressed', String(Boolean(context && on)));
  };

  const beep = (at, hz) => {
    const tone = context.createOscillator(), loudness = context.createGain();
    tone.frequency.value = hz;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.25, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.22);
    tone.connect(loudness).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.25);
  };
  const play = severity => {
    const notes = severity >= rules.grave ? [988, 740, 988, 740] : [659, 880];
    notes.forEach((hz, n) => beep(context.currentTime + n * 0.24, hz));
  };

  const unlock = () => context?.resume().then(show, show);
  if (context) {
    context.onstatechange = show;
    for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, event => locked() && !button.contains(event.target) && unlock(), { capture: true });
  }
  button.addEventListener('click', async () => {
    if (on && button.dataset.sound === 'soundLocked') return unlock().then(() => play(3));
    on = !on;
    localStorage.setItem(ON, on ? 'on' : 'off');
    if (on) { await unlock(); play(3); }
    return show();
  });

  /* What this browser has heard of, by alert and severity: what worsens is heard again, a page that is loaded anew is silent. */
  const heard = () => new Set(JSON.parse(localStorage.getItem(HEARD) ?? 'null') ?? []);
  show();
  return {
    show: () => { if (context && quiet() !== wasQuiet) { wasQuiet = quiet(); show(); } },
    hear: alerts => {
      const first = localStorage.getItem(HEARD) === null, known = heard();
      const fresh = alerts.filter(one => !known.has(`${one.id} ${one.severity}`));
      if (!fresh.length && !first) return;
      fresh.forEach(one => known.add(`${one.id} ${one.severity}`));
      localStorage.setItem(HEARD, JSON.stringify([...known].slice(-KEPT)));
      const gravest = Math.max(0, ...fresh.filter(one => one.state === 'raised').map(one => one.severity));
      const least = quiet() ? rules.grave : rules.severity;
      if (!first && on && gravest >= least) {
        globalThis.dispatchEvent(new CustomEvent('ioc:sound', { detail: gravest }));
        if (context && !locked()) play(gravest);
      }
    },
  };
}
