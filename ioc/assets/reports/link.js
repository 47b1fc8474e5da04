/* What others do, as it happens; and that somebody looks here. Says when it hears nothing. */
const SILENT_MS = 12000, LOOK_MS = 8000;

export function link({ onChanged, onHello, onLink }) {
  let source = null, heardAt = performance.now(), looking = '', said = '', signedOut = false, first = true;

  const heard = () => { heardAt = performance.now(); signedOut = false; show(); };
  const show = () => onLink(signedOut ? 'signedOut' : performance.now() - heardAt > SILENT_MS ? 'lost' : '');
  const open = () => {
    source?.close();
    source = new EventSource(`/api/reports/stream?lang=${document.documentElement.lang}`);
    source.addEventListener('hello', event => { heard(); onHello(JSON.parse(event.data).looking, first); first = false; });
    source.addEventListener('hb', heard);
    source.addEventListener('changed', event => { heard(); onChanged(JSON.parse(event.data)); });
    // A browser gives up for good where the answer is no stream, e.g. once nobody is signed in.
    source.addEventListener('error', async () => {
      if (source.readyState !== EventSource.CLOSED) return;
      const answer = await fetch('/api/reports/queue.json?rows=', { cache: 'no-store' }).catch(() => null);
      signedOut = Boolean(answer) && answer.status === 401;
      show();
      setTimeout(open, 3000);
    });
  };
  const look = () => {
    said = looking;
    fetch('/api/reports/presence', { method: 'POST', cache: 'no-store', keepalive: true, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ subject: looking }) })
      .then(answer => { if (answer.status === 401) { signedOut = true; show(); } }).catch(() => {});
  };
  let soon = 0;
  setInterval(() => { show(); if (looking && !document.hidden) look(); }, LOOK_MS);
  setInterval(show, 2000);
  addEventListener('pagehide', () => { looking = ''; look(); });
  open();
  return {
    looks(subject) {
      looking = subject ?? '';
      clearTimeout(soon);
      soon = setTimeout(() => { if (looking !== said) look(); }, 250);
    },
  };
}
