/* Reports in full and what the machine suggests, kept while they are as they were, and fetched ahead for the rows below. */
const FOR_MS = 60000;

export function store() {
  const kept = new Map(); // path -> {version, at, promise, value}
  const ask = async path => {
    const answer = await fetch(`${path}?lang=${document.documentElement.lang}`, { cache: 'no-store' });
    if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { status: answer.status });
    return answer.json();
  };
  const get = (subject, version, file) => {
    const path = `/api/reports/${encodeURIComponent(subject)}/${file}`, known = kept.get(path);
    if (known && known.version === version && performance.now() - known.at < FOR_MS) return known;
    const entry = { version, at: performance.now(), value: null };
    entry.promise = ask(path).then(value => { entry.value = value; return value; });
    entry.promise.catch(() => { if (kept.get(path) === entry) kept.delete(path); });
    kept.set(path, entry);
    if (kept.size > 400) kept.delete(kept.keys().next().value);
    return entry;
  };
  return {
    detail: (subject, version) => get(subject, version, 'detail.json'),
    weighed: (subject, version) => get(subject, version, 'weighed.json'),
    forget(subject) { ['detail.json', 'weighed.json'].forEach(file => kept.delete(`/api/reports/${encodeURIComponent(subject)}/${file}`)); },
  };
}
