/* Pages on paper: a chart drawn for the screen becomes a picture that CSS may scale, and a map keeps the size that its points were laid out for,
   made smaller where paper is narrower. After the print all is as it was. */
(function () {
  'use strict';

  const PAPER_PX = 1040; // a landscape A4 without its margins

  const charts = () => document.querySelectorAll('.js-plotly-plot .main-svg');
  const maps = () => document.querySelectorAll('.focus-map');

  addEventListener('beforeprint', () => {
    charts().forEach(svg => svg.setAttribute('viewBox', `0 0 ${svg.width.baseVal.value} ${svg.height.baseVal.value}`));
    maps().forEach(map => {
      const { offsetWidth: width, offsetHeight: height } = map;
      if (width) Object.assign(map.style, { width: `${width}px`, height: `${height}px`, zoom: Math.min(1, PAPER_PX / width) });
    });
  });

  addEventListener('afterprint', () => {
    charts().forEach(svg => svg.removeAttribute('viewBox'));
    maps().forEach(map => Object.assign(map.style, { width: '', height: '', zoom: '' }));
  });
})();
