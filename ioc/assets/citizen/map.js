/* The map of the form: our own ground, no tiles of anybody's. Text from outside reaches the page by textContent only. */
import { folded } from '../alerts/folded.js';

const CLOSE = 16;

const label = (text, className) => {
  const made = document.createElement('span');
  made.textContent = text;
  return L.divIcon({ className, html: made });
};

export async function begin(form, said, changed) {
  const place = document.getElementById('place');
  if (!place || !window.L) return;
  const ground = await fetch('/phan-anh/dia-ban.json', { headers: { Accept: 'application/json' } })
    .then(answer => (answer.ok ? answer.json() : null)).catch(() => null);
  if (!ground || !place.isConnected) return;
  place.hidden = false;
  const { located, unlocate, map, pin } = drawn(ground);
  const { lon_deg: lon, lat_deg: lat, accuracy_m: accuracy } = form.elements;

  const set = (point, metres, words) => {
    [lon.value, lat.value] = point ? [point.lng.toFixed(6), point.lat.toFixed(6)] : ['', ''];
    accuracy.value = point && metres ? String(Math.round(metres)) : '';
    if (point) pin.setLatLng(point).addTo(map); else pin.remove();
    located.textContent = words;
    unlocate.hidden = !point;
    changed();
  };
  map.on('click', ({ latlng }) => set(latlng, 0, said('picked')));
  pin.on('dragend', () => set(pin.getLatLng(), 0, said('picked')));
  unlocate.addEventListener('click', () => set(null, 0, ''));
  document.getElementById('locate').addEventListener('click', () => locate(set, map, said, located));
  form.elements.place.addEventListener('change', () => {
    const key = folded(form.elements.place.value);
    const found = ground.places.filter(one => folded(one.name) === key);
    if (found.length !== 1) return;
    const point = L.latLng(found[0].lat, found[0].lon);
    set(point, found[0].accuracy, said('located', { n: found[0].accuracy }));
    form.elements.unit.value = found[0].unit;
    map.setView(point, CLOSE - 1);
    changed();
  });
  if (lon.value && lat.value) {
    const point = L.latLng(Number(lat.value), Number(lon.value));
    set(point, Number(accuracy.value), said('picked'));
    map.setView(point, CLOSE - 1);
  }
}

function drawn(ground) {
  const map = L.map('map', { attributionControl: false, zoomSnap: 0.5, maxZoom: 18, minZoom: 7 });
  map.fitBounds(ground.bounds);
  const outline = { color: '#7d93a8', weight: 1.5, fillColor: '#f7fafc', fillOpacity: 1, interactive: false };
  L.geoJSON(ground.cells, { style: outline, interactive: false }).addTo(map);
  ground.cells.features.forEach(({ properties: { at, label: name } }) => {
    L.marker([at[1], at[0]], { icon: label(name, 'c-label'), interactive: false, keyboard: false }).addTo(map);
  });
  ground.places.forEach(one => {
    const tip = document.createElement('span');
    tip.textContent = one.name;
    L.marker([one.lat, one.lon], { icon: L.divIcon({ className: 'c-place' }), keyboard: false, bubblingMouseEvents: true }).bindTooltip(tip).addTo(map);
  });
  fitLabels(map);
  map.on('zoomend', () => fitLabels(map));
  document.getElementById('map-note').textContent = ground.notes.join('. ');
  const pin = L.marker(map.getCenter(), { icon: L.divIcon({ className: 'c-pin' }), draggable: true, zIndexOffset: 1000 });
  return { map, pin, located: document.getElementById('located'), unlocate: document.getElementById('unlocate') };
}

/* A name that would lie over another is left out, until the map is nearer. */
function fitLabels(map) {
  const taken = [];
  map.getContainer().querySelectorAll('.c-label span').forEach(name => {
    const box = name.getBoundingClientRect();
    const fits = taken.every(other => box.right < other.left || other.right < box.left || box.bottom < other.top || other.bottom < box.top);
    name.style.visibility = fits ? '' : 'hidden';
    if (fits) taken.push(box);
  });
}

function locate(set, map, said, located) {
  located.textContent = said('locating');
  const failed = () => { located.textContent = said('notLocated'); };
  if (!navigator.geolocation) {
    failed();
    return;
  }
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    const point = L.latLng(coords.latitude, coords.longitude);
    set(point, coords.accuracy, said('located', { n: Math.round(coords.accuracy) }));
    map.setView(point, CLOSE);
  }, failed, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
}
