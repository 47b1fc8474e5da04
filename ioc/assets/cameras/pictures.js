/* One element's pictures: fetched one at a time, shown once they are whole, the one before given back. A slow one delays nobody else. */
const PATIENCE_MS = 5000;

/* Shows a JPEG in an image element; what cannot be drawn is not shown. At most two pictures are held, whatever comes. */
export function frame(img) {
  let url = '', coming = 0;
  const drop = old => { if (old) URL.revokeObjectURL(old); };
  return {
    async show(blob) {
      const mine = coming += 1, next = URL.createObjectURL(blob), probe = new Image();
      probe.src = next;
      try {
        await probe.decode();
      } catch {
        drop(next);
        return false;
      }
      if (mine < coming) { drop(next); return false; }
      const before = url;
      url = next;
      img.src = next;
      drop(before);
      return true;
    },
    clear() { coming += 1; img.removeAttribute('src'); drop(url); url = ''; },
  };
}

/* The newest picture of a camera: {blob, received}, null where it is the one that is shown, or none came in time. */
export async function picture(id, tag, signal) {
  const headers = tag ? { 'If-None-Match': `"${tag}"` } : {};
  const ends = AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), signal]);
  const answer = await fetch(`/api/cameras/picture/${encodeURIComponent(id)}`, { cache: 'no-store', headers, signal: ends }).catch(() => null);
  if (!answer || answer.status !== 200) { await answer?.body?.cancel().catch(() => {}); return null; }
  const blob = await answer.blob().catch(() => null);
  return blob && { blob, tag: (answer.headers.get('ETag') ?? '').replaceAll('"', ''), received: Number(answer.headers.get('Ioc-Received')) };
}
