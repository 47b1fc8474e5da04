/* A live view: MJPEG read part by part, so that its age is known, a refusal is told in its own words, and nothing is left behind when it ends. */
const AGAIN_MS = 700, LAG_S = 4, LASTS_MS = 295000, MOST_RESTARTS = 3;
const decoder = new TextDecoder();

/* Where the head of the next part ends; -1 = it is not whole yet. */
const headEnd = bytes => {
  for (let at = 0; at + 3 < bytes.length; at += 1) if (bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at + 4;
  return -1;
};
const field = (head, name) => Number(new RegExp(`^${name}: *([0-9.]+)`, 'im').exec(head)?.[1] ?? NaN);

/* The newest whole picture of what has come, and what is left over. */
function newest(bytes) {
  let found = null;
  for (;;) {
    const body = headEnd(bytes);
    if (body < 0) return { found, rest: bytes };
    const head = decoder.decode(bytes.subarray(0, body)), length = field(head, 'Content-Length');
    if (!Number.isFinite(length)) return { found, rest: new Uint8Array() };
    if (bytes.length < body + length + 2) return { found, rest: bytes };
    found = { jpeg: bytes.slice(body, body + length), received: field(head, 'Ioc-Received') };
    bytes = bytes.subarray(body + length + 2);
  }
}

/* `show(blob)` draws; `said(kind, words)`: 'begins', 'live', 'ended', 'refused'; `frame(received)`: a picture stands; `newestAt()`: when the newest
   picture came of which the page knows: where that is much younger than what is shown, the view lags and begins anew. */
export function player({ show, said, frame, newestAt }) {
  let ends = null, timer = 0, watch = 0, restarts = [];
  const stop = () => { ends?.abort(); ends = null; clearTimeout(timer); clearInterval(watch); };

  const start = async (id, tries = 0) => {
    stop();
    const mine = ends = new AbortController();
    said('begins');
    const answer = await fetch(`/api/cameras/live/${encodeURIComponent(id)}?lang=${document.documentElement.lang}`, { cache: 'no-store', signal: mine.signal }).catch(() => null);
    if (mine.signal.aborted) return;
    if (answer?.status !== 200) {
      const told = answer ? await answer.json().catch(() => ({})) : {};
      if (mine.signal.aborted) return;
      // The view before this one may be closing yet.
      if (answer?.status === 429 && tries < 2) timer = setTimeout(() => start(id, tries + 1), AGAIN_MS);
      else said('refused', told.error ?? '');
      return;
    }
    const begunAt = performance.now();
    await follow(answer.body.getReader(), mine);
    if (mine.signal.aborted && ends !== mine) return; // another one was begun, or it was closed
    clearInterval(watch);
    if (performance.now() - begunAt > LASTS_MS) { said('ended'); return; }
    const since = performance.now() - 60000;
    restarts = [...restarts.filter(at => at > since), performance.now()];
    if (restarts.length > MOST_RESTARTS) said('refused', ''); // the pictures of the page go on
    else timer = setTimeout(() => start(id), AGAIN_MS);
  };

  const follow = async (reader, mine) => {
    const since = performance.now();
    let rest = new Uint8Array(), shownAt = null;
    watch = setInterval(() => {
      const came = newestAt();
      const lags = came !== null && (shownAt === null ? performance.now() - since > 2 * LAG_S * 1000 : came - shownAt > LAG_S);
      if (lags) mine.abort();
    }, 1000);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const joined = new Uint8Array(rest.length + value.length);
        joined.set(rest);
        joined.set(value, rest.length);
        const { found, rest: left } = newest(joined);
        rest = left;
        if (found && await show(new Blob([found.jpeg], { type: 'image/jpeg' }))) { shownAt = found.received; said('live'); frame(found.received); }
      }
    } catch {
      return; // it broke off, or was aborted
    }
  };
  return { start, stop };
}
