/* Everything fits its screen: charts made for 1080 lines grow with it, low ones give up what is said elsewhere, lists end with a whole row.

   ioc.fitted(figure, id): the figure as it is drawn in this place. A page of the past has its figures from the layout: they are drawn again, grown.
   A list that is too long keeps its first rows; data-more on it says how many it leaves out (theme.css shows it). */
(function (ioc) {
  'use strict';

  const LINES = 1080;
  const LOW = 0.22; // of the screen's height
  const ROOM = [1, 0.88, 0.76]; // what sheets multiply the letters of lists with
  const ENOUGH = 3; // rows
  const PAST = '[id^="past--"] .js-plotly-plot';
  const factor = () => window.innerHeight / LINES;

  const times = (object, names, k) => {
    const changed = names.filter(name => typeof object?.[name] === 'number').map(name => [name, object[name] * k]);
    return { ...object, ...Object.fromEntries(changed) };
  };

  function grownTrace(trace, k) {
    const grown = { ...trace };
    if (trace.line) grown.line = times(trace.line, ['width'], k);
    if (trace.textfont) grown.textfont = times(trace.textfont, ['size'], k);
    if (trace.marker) {
      grown.marker = times(trace.marker, ['size'], k);
      if (trace.marker.line) grown.marker.line = times(trace.marker.line, ['width'], k);
    }
    return times(grown, ['xgap', 'ygap'], k);
  }

  function grownLayout(layout, k) {
    const margin = times(layout.margin ?? {}, ['l', 'r', 't', 'b'], k);
    const annotations = (layout.annotations ?? []).map(note => {
      const grown = times(note, ['xshift', 'yshift'], k);
      return note.font?.size ? { ...grown, font: times(note.font, ['size'], k) } : grown;
    });
    const shapes = (layout.shapes ?? []).map(shape => (shape.line ? { ...shape, line: times(shape.line, ['width'], k) } : shape));
    const legend = layout.legend?.font?.size ? { ...layout.legend, font: times(layout.legend.font, ['size'], k) } : layout.legend;
    const axes = Object.fromEntries(Object.entries(layout).filter(([name, axis]) => /^[xy]axis/.test(name) && axis?.tickfont?.size)
      .map(([name, axis]) => [name, { ...axis, tickfont: times(axis.tickfont, ['size'], k) }]));
    return { ...layout, ...axes, margin, annotations, shapes, ...(legend ? { legend } : {}), font: times(layout.font, ['size'], k) };
  }

  function grown(figure, k = factor()) {
    if (!figure.layout?.font?.size || Math.abs(k - 1) < 0.05) return figure;
    return { ...figure, data: figure.data.map(trace => grownTrace(trace, k)), layout: grownLayout(figure.layout, k) };
  }

  /* A chart that is low keeps its lines and their names: the mark of simulation stands on its card, three numbers say the scale. */
  function lowered(figure, id) {
    const place = document.getElementById(id);
    const { layout } = figure;
    if (!layout || !place?.closest('.card') || place.clientHeight > LOW * window.innerHeight) return figure;
    const { margin = {}, annotations = [], yaxis = {}, font = {} } = layout;
    const kept = annotations.filter(({ name }) => name !== 'simulated');
    return { ...figure, layout: { ...layout, annotations: kept, margin: { ...margin, t: 1.6 * (font.size ?? 18), b: 0 }, yaxis: { ...yaxis, nticks: 3 } } };
  }

  /* The mark of simulation stands upright at the picture's right edge: where a kind of chart writes there, beyond what it writes. */
  function marked(figure) {
    const { annotations, margin = {}, font = {} } = figure.layout ?? {};
    if (!annotations?.some(({ name }) => name === 'simulated')) return figure;
    const letter = font.size ?? 18, r = (margin.r ?? 0) + (margin.r > 2 * letter ? 1.3 * letter : 0);
    const moved = annotations.map(note => (note.name === 'simulated' ? { ...note, xshift: r - 1.35 * letter } : note));
    return { ...figure, layout: { ...figure.layout, margin: { ...margin, r }, annotations: moved } };
  }

  ioc.fitted = (figure, id) => lowered(marked(grown(figure)), id);

  const drawnAt = new WeakMap(); // plot of a page of the past -> the layout that was grown

  function growPast() {
    if (!window.Plotly) return;
    document.querySelectorAll(PAST).forEach(plot => {
      if (!plot.layout?.font?.size || drawnAt.get(plot) === plot.layout) return;
      const { data, layout } = ioc.fitted({ data: plot.data, layout: plot.layout }, plot.closest('[id^="past--"]').id);
      drawnAt.set(plot, layout);
      window.Plotly.react(plot, data, layout);
    });
  }

  // ------------------------------------------------------------------ lists

  const rowsOf = list => [...list.querySelectorAll('tbody > tr')];
  const shownOf = list => rowsOf(list).filter(row => !row.hidden);

  const tooLow = box => box.scrollHeight > box.clientHeight + 1;

  /* So many lists, each with as many whole rows as there is room for; the longest gives way first. Whether they fit. */
  function cut(box, lists, number) {
    lists.forEach((list, n) => {
      list.hidden = n >= number;
      rowsOf(list).forEach(row => { row.hidden = false; });
      list.removeAttribute('data-more');
    });
    const there = lists.slice(0, number);
    while (tooLow(box)) {
      const longest = there.reduce((most, list) => (shownOf(list).length > shownOf(most).length ? list : most));
      const shown = shownOf(longest);
      if (shown.length < 2) return false;
      shown.at(-1).hidden = true;
      longest.dataset.more = `+ ${rowsOf(longest).length - shown.length + 1}`;
    }
    return true;
  }

  const hasEnough = list => shownOf(list).length >= Math.min(ENOUGH, rowsOf(list).length);

  /* Where long alerts leave little room words become smaller before rows go, and rows before lists: the last lists go where not even one row has room. */
  function fitLists(box) {
    const lists = [...box.querySelectorAll('.list')];
    for (const room of ROOM) {
      box.style.setProperty('--room', room);
      if (cut(box, lists, lists.length) && lists.every(hasEnough)) return;
    }
    let number = lists.length;
    while (number > 0 && !cut(box, lists, number) && number > 1) number -= 1;
  }

  const fitAll = () => document.querySelectorAll('.focus-list').forEach(fitLists);
  let asked = false;
  const soon = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      fitAll();
    });
  };

  ioc.fitLists = soon;
  new MutationObserver(records => records.some(({ target }) => target.closest?.('.focus-right')) && soon())
    .observe(document, { subtree: true, childList: true });
  window.addEventListener('resize', soon);
  document.fonts.ready.then(soon);
  setInterval(growPast, 500);
})((window.ioc = window.ioc || {}));
