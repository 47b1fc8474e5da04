/* Where open reports lie close together: one soft spot each, added up, the densest lightest. Its own canvas, since a library for it would
   bring more than these lines. */
(function (ioc) {
  'use strict';

  const REACH = 5; // radius of a spot, in hundredths of the screen's height
  const RAMP = [[22, 33, 47], [86, 60, 140], [190, 70, 120], [255, 127, 69], [255, 236, 150]];
  let canvas = null;
  let legend = null;
  let shown = false;

  function spot(radius) {
    const stamp = Object.assign(document.createElement('canvas'), { width: 2 * radius, height: 2 * radius });
    const pen = stamp.getContext('2d');
    const fade = pen.createRadialGradient(radius, radius, 0, radius, radius, radius);
    fade.addColorStop(0, 'rgba(0,0,0,0.2)');
    fade.addColorStop(1, 'rgba(0,0,0,0)');
    pen.fillStyle = fade;
    pen.fillRect(0, 0, 2 * radius, 2 * radius);
    return stamp;
  }

  /* Shares of the densest place → colour; nothing stays clear. */
  function coloured(image) {
    const { data } = image;
    let most = 1;
    for (let at = 3; at < data.length; at += 4) most = Math.max(most, data[at]);
    for (let at = 0; at < data.length; at += 4) {
      const share = data[at + 3] / most;
      const step = Math.min(RAMP.length - 2, Math.floor(share * (RAMP.length - 1)));
      const part = share * (RAMP.length - 1) - step;
      RAMP[step].forEach((from, band) => { data[at + band] = from + (RAMP[step + 1][band] - from) * part; });
      data[at + 3] = 230 * Math.min(1, share * 3);
    }
    return image;
  }

  function explain() {
    legend?.remove();
    legend = null;
    if (!shown) return;
    const box = ioc.make('div', 'ioc-legend ioc-legend-shades');
    const ramp = ioc.make('span', 'ioc-ramp');
    ramp.append(...RAMP.map(band => Object.assign(ioc.make('i', ''), { style: `background:rgb(${band})` })));
    box.append(ioc.make('strong', '', ioc.phrase('density')), ioc.make('span', '', ioc.phrase('few')), ramp, ioc.make('span', '', ioc.phrase('many')));
    legend = ioc.control('bottomleft', box);
  }

  ioc.drawDensity = () => {
    if (!canvas) return;
    canvas.style.display = shown ? '' : 'none';
    if (!shown) return;
    const { x: width, y: height } = ioc.map.getSize();
    if (!width || !height) return;
    Object.assign(canvas, { width, height });
    L.DomUtil.setPosition(canvas, ioc.map.containerPointToLayerPoint([0, 0]));
    const radius = Math.round(REACH * ioc.unit());
    const stamp = spot(radius);
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    ioc.openReports().forEach(feature => {
      const place = ioc.map.latLngToContainerPoint(L.GeoJSON.coordsToLatLng(feature.geometry.coordinates));
      pen.drawImage(stamp, place.x - radius, place.y - radius);
    });
    pen.putImageData(coloured(pen.getImageData(0, 0, width, height)), 0, 0);
  };

  ioc.showDensity = wanted => {
    shown = wanted;
    if (wanted && !canvas) {
      canvas = L.DomUtil.create('canvas', 'leaflet-zoom-hide ioc-density', ioc.pane('iocDensity', 410));
      ioc.map.on('moveend zoomend resize', ioc.drawDensity);
    }
    explain();
    ioc.drawDensity();
  };
})(window.iocMap);
