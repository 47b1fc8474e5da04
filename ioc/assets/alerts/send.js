/* A post of JSON that counts once however often it is sent: whoever sends it keeps its key, and sends it again until there is an answer. */
const AWAY = new Set([408, 425, 429, 500, 502, 503, 504]);
const PATIENCE_MS = 15000;

export const sleep = ms => new Promise(done => { setTimeout(done, ms); });

/* A random text: of a click, so that it counts once. Not crypto.randomUUID, which a page without TLS has not. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

/* {status, body}; null: nobody answered, or not the centre itself. */
export async function post(path, body, key) {
  const answer = await fetch(path, { method: 'POST', cache: 'no-store', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  return answer && !AWAY.has(answer.status) ? { status: answer.status, body: await answer.json().catch(() => ({})) } : null;
}
