/* What of the queue is shown: kept in the address, counted beside each stage. */
import { text } from '../alerts/words.js';

const FIELDS = ['q', 'stage', 'jurisdiction', 'category', 'unit', 'agency', 'priority', 'due', 'looked'];
const TYPED_MS = 250;
const MOST = 1000;

export function filters({ form, onChange }) {
  const field = name => form.elements[name];
  const asked = new URLSearchParams(location.search), language = asked.get('lang');
  FIELDS.forEach(name => {
    const value = asked.get(name);
    if (value === null) return;
    if (field(name).options && ![...field(name).options].some(option => option.value === value)) field(name).append(new Option(value, value));
    field(name).value = value;
  });
  const query = () => new URLSearchParams(FIELDS.map(name => [name, field(name).value.trim()]).filter(([, value]) => value)).toString();
  let told = query(), timer = 0;
  const now = () => {
    clearTimeout(timer);
    const next = query();
    if (next === told) return;
    told = next;
    history.replaceState(null, '', `?${next}${language ? `&lang=${language}` : ''}`);
    onChange();
  };
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', event => { clearTimeout(timer); if (event.target.type === 'search') timer = setTimeout(now, TYPED_MS); else now(); });
  form.addEventListener('reset', () => setTimeout(now));
  return {
    query, now,
    search: () => { field('q').focus(); field('q').select(); },
    stages: () => [...field('stage').options].map(option => ({ code: option.value, name: option.textContent })),
    stage: code => { field('stage').value = code; now(); },
    counts(counts, jurisdictions) {
      if (!counts) return;
      [...field('stage').options].forEach(option => {
        const n = counts[option.value];
        option.textContent = `${option.dataset.name} (${n > MOST ? `${MOST}+` : n})`;
      });
      document.title = `(${counts.triage > MOST ? `${MOST}+` : counts.triage}) ${text('title')}`;
      const places = field('jurisdiction');
      jurisdictions.forEach(one => { if (![...places.options].some(option => option.value === one)) places.append(new Option(one, one)); });
      places.hidden = places.options.length < 2;
    },
  };
}
