/* A small map: the report, and what is open around it. Plain ground: no tiles of others. Loaded when the first place is shown. */
import { make, text } from '../alerts/words.js';

const ZOOM = 16, METRES = [50, 100, 200];
let loading = null;

const leaflet = () => {
  loading ??= new Promise((done, failed) => {
    const style = make('link'), script = make('script');
    Object.assign(style, { rel: 'stylesheet', href: '/static/vendor/leaflet/dist/leaflet.css' });
    Object.assign(script, { src: '/static/vendor/leaflet/dist/leaflet.js', onload: () => done(window.L), onerror: failed });
    document.head.append(style, script);
  });
  return loading;
};

export function spot() {
  const place = make('div', 'r-map');
  place.setAttribute('role', 'img');
  let map = null, marks = null, asked = 0;
  return {
    place,
    async show(report, onOpen) {
      const mine = asked += 1;
      place.hidden = !report.place;
      if (!report.place) return;
      place.setAttribute('aria-label', text('mapOf', { n: report.neighbours.length }));
      const L = await leaflet().catch(() => null);
      if (!L || mine !== asked || !place.isConnected) return;
      if (!map) {
        map = L.map(place, { attributionControl: false, zoomControl: false, keyboard: false, fadeAnimation: false, zoomAnimation: false, maxZoom: 18 });
        L.control.scale({ imperial: false }).addTo(map);
        marks = L.layerGroup().addTo(map);
      }
      const [lon, lat] = report.place;
      map.invalidateSize(false);
      map.setView([lat, lon], ZOOM, { animate: false });
      marks.clearLayers();
      METRES.forEach(radius => L.circle([lat, lon], { radius, color: '#4a5f78', weight: 1, fill: false, interactive: false }).addTo(marks));
      report.neighbours.forEach(near => {
        const told = make('span', '', `${near.category_name} · ${near.state_word} · ${near.subject}`);
        L.circleMarker([near.place[1], near.place[0]], { radius: 6, color: '#f5f7fa', weight: 1, fillColor: '#62b6f0', fillOpacity: 0.9 })
          .bindTooltip(told).on('click', () => onOpen(near.subject)).addTo(marks);
      });
      L.circleMarker([lat, lon], { radius: 9, color: '#0b1119', weight: 2, fillColor: '#f4dc5b', fillOpacity: 1 }).addTo(marks);
    },
  };
}
