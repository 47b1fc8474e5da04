/* What stands at a place: the kind tells the outline, the state tells colour, sign, size and whether it is filled. */
(function (ioc) {
  'use strict';

  const { make, shape, HUES, OLD, INK, GROUND } = ioc;

  /* Outlines in a square of 24, with the middle of their sign. */
  const KINDS = {
    report: ['M4 2h16a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3h-7l-5 5v-5H4a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3z', 12, 10],
    camera: ['M2 5h13a1.5 1.5 0 0 1 1.5 1.5v3L23 6v12l-6.500-3.500v3A1.500 1.500 0 0 1 15 19H2A1.500 1.500 0 0 1 .5 17.500v-11A1.500 1.500 0 0 1 2 5z', 8.5, 12],
    station: ['M6.500 1.500h11L23 12l-5.500 10.500h-11L1 12z', 12, 12],
    incident: ['M12 1 23.500 22.500H.5z', 12, 15.5],
    point: ['M2 2h20v20H2z', 12, 12],
    facility: ['M8 1h8v7h7v8h-7v7H8v-7H1V8h7z', 12, 12],
    site: ['M12 .5 23.500 12 12 23.500.5 12z', 12, 12],
  };
  /* Signs around the middle, six to each side. */
  const SIGNS = {
    due: 'M0-4.800V0l3.300 2.500',
    late: 'M-1.800-4.500v9M1.800-4.500v9',
    done: 'M-4.500.3-1.300 3.700 4.500-3.700',
    offline: 'M-4-4 4 4M4-4-4 4',
  };
  const HOLLOW = new Set(['done', 'offline']);
  const OVER = { late: 3000, due: 2000, offline: 1000, open: 0, done: -1000 };
  const STATES = ['late', 'due', 'offline', 'open', 'done'];

  ioc.kindOf = feature => (feature?.properties?.kind in KINDS ? feature.properties.kind : 'report');
  ioc.stateWord = (kind, state) => {
    const own = ioc.words[`${kind}.${state}`];
    return own ?? ioc.words[`${kind === 'report' ? 'report' : 'watched'}.${state}`] ?? state;
  };

  /* What is old is a hollow, broken outline: it was so, and nobody knows whether it still is. */
  function faded(kind, state) {
    const [outline, x, y] = KINDS[kind];
    const svg = shape('svg', { viewBox: '-2 -2 28 28', 'aria-hidden': 'true' });
    const line = { fill: 'none', stroke: OLD.open, 'stroke-width': 2.4, 'stroke-linecap': 'round' };
    svg.append(shape('path', { d: outline, ...line, fill: GROUND, 'stroke-dasharray': '3 4.200' }));
    if (SIGNS[state]) svg.append(shape('path', { d: SIGNS[state], transform: `translate(${x} ${y})`, ...line, stroke: OLD.late }));
    return svg;
  }

  function drawing(kind, state, level = '') {
    if (level) return faded(kind, state);
    const [outline, x, y] = KINDS[kind];
    const hollow = HOLLOW.has(state);
    const svg = shape('svg', { viewBox: '-2 -2 28 28', 'aria-hidden': 'true' });
    const rim = state === 'late' ? { stroke: INK, 'stroke-width': 2 } : { stroke: hollow ? HUES[state] : GROUND, 'stroke-width': hollow ? 2.6 : 1.6 };
    svg.append(shape('path', { d: outline, fill: hollow ? GROUND : HUES[state], 'stroke-linejoin': 'round', ...rim }));
    if (SIGNS[state]) {
      const sign = { fill: 'none', stroke: hollow ? HUES[state] : GROUND, 'stroke-width': 2.6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' };
      svg.append(shape('path', { d: SIGNS[state], transform: `translate(${x} ${y})`, ...sign }));
    }
    return svg;
  }

  /* On the wall what is in order steps back behind what is not; what is lost is paler than what is old. */
  const paleness = (state, level) => (level === 'dead' ? 0.75 : !level && ioc.given.overview && (state === 'open' || state === 'done') ? 0.8 : 1);

  /* A mark as one picture: a drawing of its own in each of hundreds costs the browser time with everything that changes beside the map. */
  const pictures = new Map();
  function picture(kind, state, level) {
    const name = `${kind} ${state} ${level}`;
    if (!pictures.has(name)) {
      const svg = drawing(kind, state, level);
      svg.setAttribute('opacity', paleness(state, level));
      pictures.set(name, `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`);
    }
    const img = make('img', '');
    img.src = pictures.get(name);
    img.alt = '';
    return img;
  }

  /* Placed by left and top, not moved there by a transform of its own as Leaflet 1.9 does: each such mark may become a layer, and the browser puts
     hundreds of them together anew with every figure that changes anywhere on the wall. */
  L.Marker.include({
    _setPos(place) {
      if (this._icon) {
        this._icon._leaflet_pos = place;
        Object.assign(this._icon.style, { left: `${place.x}px`, top: `${place.y}px` });
      }
      this._zIndex = place.y + this.options.zIndexOffset;
      this._resetZIndex();
    },
  });

  const Mark = L.Icon.extend({
    createIcon() {
      const box = make('div', 'leaflet-marker-icon ioc-mark');
      box.dataset.kind = this.options.kind;
      box.dataset.state = this.options.state;
      if (this.options.level) box.dataset.age = this.options.level;
      box.append(picture(this.options.kind, this.options.state, this.options.level ?? ''));
      return box;
    },
    createShadow: () => null,
  });

  const icons = new Map();
  ioc.markOf = feature => {
    const [kind, state] = [ioc.kindOf(feature), ioc.stateOf(feature)];
    const { level } = ioc.ageOf(feature.key, kind);
    const name = `${kind} ${state} ${level}`;
    if (!icons.has(name)) icons.set(name, new Mark({ kind, state, level, tooltipAnchor: [0, -1.1 * ioc.unit()] }));
    return { icon: icons.get(name), zIndexOffset: OVER[state], pane: state === 'late' && !level ? 'iocLate' : 'markerPane' };
  };

  // ------------------------------------------------------------------ what they mean

  function entry({ kind, state, age, count }) {
    const line = make('li', 'ioc-legend-mark');
    const kinds = ioc.phrase(`kind.${kind}`);
    const about = age.level ? ioc.ageWord(age) : ioc.given.overview ? '' : ioc.stateWord(kind, state).toLowerCase();
    if (age.level) line.dataset.age = age.level;
    line.append(drawing(kind, state, age.level), make('span', '', about ? `${kinds}: ${about}` : kinds));
    if (count && !ioc.given.overview) line.append(make('span', 'ioc-legend-count', count.toLocaleString(ioc.lang())));
    return line;
  }

  let list = null;
  let said = '';

  const ORDER = Object.keys(KINDS);
  const AGES = ['none', 'stale', 'dead'];
  const graver = (one, other) => (AGES.indexOf(other?.level) > AGES.indexOf(one.level) ? other : one);
  const byOrder = (one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind) || STATES.indexOf(one.state) - STATES.indexOf(other.state);

  /* What is old is one line a kind, whatever its state was. On the wall's overview the kinds alone: its colours are those of the cards around it. */
  ioc.explainMarks = features => {
    const lines = new Map();
    features.forEach(feature => {
      const kind = ioc.kindOf(feature), age = ioc.ageOf(feature.key, kind);
      const state = ioc.given.overview || age.level ? 'open' : ioc.stateOf(feature);
      const name = `${kind} ${state} ${age.level !== ''}`;
      const known = lines.get(name);
      lines.set(name, { kind, state, age: graver(age, known?.age), count: (known?.count ?? 0) + 1 });
    });
    const found = [...lines.values()].sort(byOrder);
    const told = JSON.stringify(found);
    if (told === said) return;
    said = told;
    if (!list) {
      list = make('ul', 'ioc-legend ioc-legend-marks');
      ioc.control('bottomleft', list);
    }
    list.replaceChildren(...found.map(entry));
    list.toggleAttribute('data-old', found.some(({ age }) => age.level));
    list.hidden = !found.length;
    ioc.fitAgain();
  };
})(window.iocMap);
