/* What all parts of the live map stand on: the measure of letters, the hues of states, words, elements.

   The page loads, in this order: leaflet, markercluster, realtime, then ground, ages, marks, points, cells, density, bulletins, panel, link.
   Python wires it by `iocMap.start(map, {reports, marks, cluster}, given)`; see link.js for `given` and for the messages.

   Text from outside reaches the page by textContent only: nothing here takes HTML, and nothing may be bound with
   bindPopup(string) or bindTooltip(string). */
(function (ioc) {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const LEAST_PX = 7; // a telephone lying on its side has hardly any height

  ioc.INK = '#f5f7fa';
  ioc.GROUND = '#0b1119';
  ioc.HUES = { open: '#62b6f0', due: '#f4dc5b', late: '#ff7f45', done: '#3fc9a2', offline: '#9aaabd' };
  ioc.OLD = { open: '#76869a', late: '#aab6c3' }; // of what its source no longer tells
  ioc.stateOf = feature => (feature?.properties?.state in ioc.HUES ? feature.properties.state : 'open');

  /* One unit is 1 % of the whole screen's height: the map's own height would make the letters of a small map too small to be read. */
  function wholeHeight() {
    try {
      return window.top.innerHeight || window.innerHeight;
    } catch {
      return window.innerHeight; // a page of another host is around ours
    }
  }
  ioc.unit = () => Math.max(wholeHeight() / 100, LEAST_PX);
  const measure = () => document.documentElement.style.setProperty('--u', `${ioc.unit()}px`);
  measure();
  window.addEventListener('resize', measure);

  ioc.lang = () => (document.documentElement.lang.startsWith('en') ? 'en' : 'vi');
  ioc.words = {}; // given by Python, in the page's language
  ioc.phrase = name => ioc.words[name] ?? name;

  const timeParts = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Asia/Ho_Chi_Minh', day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  });

  /* 24:00 closes the day that ends. */
  ioc.moment = seconds => {
    const read = at => Object.fromEntries(timeParts.formatToParts(at * 1000).map(({ type, value }) => [type, value]));
    const { hour, minute, day, month } = read(seconds);
    if (hour !== '00' || minute !== '00') return `${hour}:${minute} ${day}/${month}`;
    const before = read(seconds - 60);
    return `24:00 ${before.day}/${before.month}`;
  };

  ioc.make = (tag, className, text) => {
    const element = document.createElement(tag);
    element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  ioc.shape = (name, values) => {
    const element = document.createElementNS(SVG, name);
    Object.entries(values).forEach(([key, value]) => element.setAttribute(key, value));
    return element;
  };

  ioc.control = (position, element) => {
    const Control = L.Control.extend({ options: { position }, onAdd: () => element });
    L.DomEvent.disableClickPropagation(element);
    return new Control().addTo(ioc.map);
  };

  ioc.pane = (name, order, { pointer = false } = {}) => {
    const found = ioc.map.getPane(name);
    if (found) return found;
    const pane = ioc.map.createPane(name);
    pane.style.zIndex = order;
    if (!pointer) pane.style.pointerEvents = 'none';
    return pane;
  };
})((window.iocMap = window.iocMap || {}));
