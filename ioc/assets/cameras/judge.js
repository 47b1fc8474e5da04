/* How a tile looks, judged by itself: also when nobody answers any more. Moments are seconds since 1970 by the server's clock. */
export const LOST_MS = 8000; // no answer of the centre for so long: whatever is shown is old
export const SILENT_S = 8; // its process says each two seconds how a camera stands
const OLD_S = 10;

/* Conditions under which no picture may be taken for the present. */
export const DEAD = new Set(['dark', 'frozen', 'no_signal', 'unknown', 'old', 'lost']);

/* How old a picture may be before it is an old one: cameras that are looked at seldom are expected seldom. */
export const oldAfter = everyS => Math.max(OLD_S, 1.5 * everyS + 6);

/* {condition, since, cause, waits}. `told`: what was last said of the camera; `heardMs`: how long ago; `shownMs`: since when the tile is looked at;
   `received`: of the picture that is shown, null = none yet. */
export function judged(told, { now, heardMs, shownMs, received, everyS }) {
  if (heardMs > LOST_MS) return { condition: 'lost', since: now - heardMs / 1000, cause: '', waits: false };
  if (!told) return { condition: 'starting', since: null, cause: '', waits: true };
  if (told.condition === 'unknown' || told.checked === null || now - told.checked > SILENT_S) {
    return { condition: 'unknown', since: told.checked, cause: told.cause, waits: false };
  }
  const stands = { condition: told.condition, since: told.since, cause: told.cause, waits: false };
  if (DEAD.has(told.condition) || told.condition === 'starting') return { ...stands, waits: told.condition === 'starting' };
  const limit = oldAfter(everyS), age = received === null ? Infinity : now - received;
  if (age <= limit) return stands;
  // Nobody looked until now: pictures were brought seldom, and the first fresh one is on its way.
  if (shownMs < limit * 1000) return { ...stands, waits: true };
  return { condition: 'old', since: received, cause: '', waits: false };
}
