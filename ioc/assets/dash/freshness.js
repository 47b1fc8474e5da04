/* Time on the page: the clock, the age of every figure, and the state that gets worse by itself when nothing newer comes.

   Read from the page:
     [data-as-of="2026-11-21T07:05:00Z"]                its text becomes "12 giây trước" (elements without children only)
     [data-late-at] [data-stale-at] [data-dead-at]      unix seconds, on .card, .focus or .source: from then on the state is
                                                        at least late, stale, dead; .state-word inside says it
     [data-then][data-then-at]                          unix seconds: from then on the text is data-then
     [data-lang="vi|en"]                                the page's language, on any element; else <html lang>; else vi
     [data-guests="1"]                                  guests of the house see the page, on the element with data-lang
     [data-word-stale="…"] and so on                    on the element with data-lang or on <html>: other words than ours
   Written: data-state, .state-word, #clock, #link, #ioc-banner, <html data-link data-cause data-play>. The server's own data-state is never made
   better, and it is remembered, so that a state that the link's loss had worsened comes back. What is old because of the link or of the centre
   itself says that, not that its source is silent: nobody could hear that source. */
(function (ioc) {
  'use strict';

  const ZONE = 'Asia/Ho_Chi_Minh';
  const LOST_MS = 10000;
  const SILENT_MS = 15000;
  const STALLED_S = 15;
  const LEVELS = ['fresh', 'late', 'stale', 'dead'];
  const BAD_LINKS = ['lost', 'stalled', 'broken', 'refused'];
  const WATCHED = '.card, .focus, .source, [data-late-at], [data-stale-at], [data-dead-at]';

  const WORDS = {
    vi: {
      fresh: 'Đang cập nhật', late: 'Chậm cập nhật', stale: 'Số liệu cũ', dead: 'Mất nguồn', none: 'Chưa có số liệu',
      loading: 'Đang tải', past: 'Xem lại', live: 'Trực tuyến', connecting: 'Đang kết nối', lost: 'Mất kết nối', stalled: 'Ngừng cập nhật',
      broken: 'Lỗi hiển thị', refused: 'Chưa được phép', database: 'Mất cơ sở dữ liệu', sink: 'Ngừng tiếp nhận', broker: 'Mất máy chủ sự kiện',
      behind: 'Tiếp nhận chậm',
      'banner-lost': 'Mất kết nối từ {time} – số liệu bên dưới là cũ',
      'banner-stalled': 'Ngừng cập nhật từ {time} – số liệu bên dưới là cũ',
      'banner-database': 'Mất kết nối cơ sở dữ liệu từ {time} – số liệu bên dưới là cũ',
      'banner-sink': 'Ngừng tiếp nhận số liệu từ {time} – số liệu bên dưới là cũ',
      'banner-broker': 'Mất kết nối máy chủ sự kiện từ {time} – số liệu bên dưới là cũ',
      'banner-behind': 'Tiếp nhận số liệu chậm từ {time} – số liệu bên dưới chưa đủ',
      'banner-broken': 'Lỗi hiển thị từ {time} – đang tải lại số liệu',
      'banner-refused': 'Màn hình chưa được phép xem – số liệu bên dưới là cũ',
      'banner-held': 'Đang nạp số liệu phía trước – số liệu bên dưới chưa đủ',
      'banner-build': 'Có phiên bản mới – bấm để tải lại',
      now: 'vừa xong', second: '{n} giây trước', minute: '{n} phút trước', hour: '{n} giờ trước', day: '{n} ngày trước',
      seconds: '{n} giây trước', minutes: '{n} phút trước', hours: '{n} giờ trước', days: '{n} ngày trước',
    },
    en: {
      fresh: 'Up to date', late: 'Late', stale: 'Old figures', dead: 'Source lost', none: 'No data yet',
      loading: 'Loading', past: 'Past moment', live: 'Live', connecting: 'Connecting', lost: 'Connection lost', stalled: 'Not updating',
      broken: 'Display error', refused: 'Not permitted', database: 'Database lost', sink: 'Intake stopped', broker: 'Event broker lost',
      behind: 'Intake is behind',
      'banner-lost': 'Connection lost since {time} – the figures below are old',
      'banner-stalled': 'No updates since {time} – the figures below are old',
      'banner-database': 'Database lost since {time} – the figures below are old',
      'banner-sink': 'Intake of data stopped at {time} – the figures below are old',
      'banner-broker': 'Event broker lost since {time} – the figures below are old',
      'banner-behind': 'Intake of data is behind since {time} – the figures below are not complete',
      'banner-broken': 'Display error at {time} – loading the figures again',
      'banner-refused': 'This screen is not permitted – the figures below are old',
      'banner-held': 'Writing the history – the figures below are not complete yet',
      'banner-build': 'A new version is ready – click to load it',
      now: 'just now', second: '{n} second ago', minute: '{n} minute ago', hour: '{n} hour ago', day: '{n} day ago',
      seconds: '{n} seconds ago', minutes: '{n} minutes ago', hours: '{n} hours ago', days: '{n} days ago',
    },
  };
  const WEEKDAYS = {
    vi: ['Chủ Nhật', 'Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy'],
    en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  };
  const SHORT_DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const localParts = new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONE, hourCycle: 'h23', weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit',
    hour: '2-digit', minute: '2-digit', second: '2-digit',
  });

  const speaker = () => document.querySelector('[data-lang]') ?? document.documentElement;

  ioc.lang = () => (speaker().dataset.lang || document.documentElement.lang || 'vi').slice(0, 2) === 'en' ? 'en' : 'vi';

  ioc.guests = () => speaker().dataset.guests === '1';

  const attribute = name => `data-word-${name}`;
  const word = (name, values = {}) => {
    const own = speaker().getAttribute(attribute(name)) ?? document.documentElement.getAttribute(attribute(name));
    return (own ?? WORDS[ioc.lang()][name] ?? '').replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');
  };

  /* Text nodes that React made are kept: it may want to change or remove them. */
  function write(element, text) {
    const only = element.childNodes.length === 1 && element.firstChild;
    if (element.textContent === text) return;
    if (only && only.nodeType === Node.TEXT_NODE) only.nodeValue = text;
    else element.textContent = text;
  }

  // ------------------------------------------------------------------ time

  ioc.now = () => (ioc.link.offset === null ? Date.now() : Date.now() * ioc.link.speed + ioc.link.offset);

  function local(at) {
    const parts = Object.fromEntries(localParts.formatToParts(at).map(({ type, value }) => [type, value]));
    return { ...parts, time: `${parts.hour}:${parts.minute}:${parts.second}` };
  }
  ioc.local = local;

  function clockText(at) {
    const { time, weekday, day, month, year } = local(at);
    return `${time} · ${WEEKDAYS[ioc.lang()][SHORT_DAYS.indexOf(weekday)]}, ${day}/${month}/${year}`;
  }

  function ageText(seconds) {
    if (seconds < 1) return word('now');
    const steps = [[60, 1, 'second'], [3600, 60, 'minute'], [172800, 3600, 'hour'], [Infinity, 86400, 'day']];
    const [, unit, name] = steps.find(([below]) => seconds < below);
    const n = Math.floor(seconds / unit);
    return word(n === 1 ? name : `${name}s`, { n });
  }

  function showAges(now) {
    document.querySelectorAll('[data-as-of]').forEach(element => {
      const at = Date.parse(element.dataset.asOf);
      if (!Number.isNaN(at) && element.childElementCount === 0) write(element, ageText((now - at) / 1000));
    });
  }

  function showRenamed(now) {
    document.querySelectorAll('[data-then-at]').forEach(element => {
      if (Number.parseFloat(element.dataset.thenAt) * 1000 <= now) write(element, element.dataset.then);
    });
  }

  // ------------------------------------------------------------------ states

  const said = new WeakMap(); // element -> the state the server gave it
  const observer = new MutationObserver(hearServer);
  observer.observe(document, { subtree: true, attributeFilter: ['data-state'] });

  function hearServer(records) {
    records.forEach(({ target }) => said.set(target, target.dataset.state));
  }

  const passed = (element, name, now) => {
    const at = Number.parseFloat(element.getAttribute(`data-${name}-at`));
    return at * 1000 <= now;
  };

  /* [state, what is said of it]. bad: {since, cause}, why nothing here can be fresh; until then its source alone made it old. */
  function stateOf(element, given, now, bad) {
    const byTime = ['dead', 'stale', 'late'].find(name => passed(element, name, bad ? bad.since : now)) ?? 'fresh';
    const level = Math.max(LEVELS.indexOf(given), LEVELS.indexOf(byTime));
    if (!bad || level >= LEVELS.indexOf('stale')) return [LEVELS[level], LEVELS[level]];
    return ['stale', bad.cause];
  }

  function showState(element, now, bad) {
    if (!said.has(element)) said.set(element, element.dataset.state);
    const given = said.get(element);
    const [state, about] = LEVELS.includes(given) ? stateOf(element, given, now, bad) : [given, given];
    if (!state) return;
    if (element.dataset.state !== state) element.dataset.state = state;
    element.querySelectorAll('.state-word').forEach(label => {
      if (label.closest('[data-state]') === element) write(label, word(about));
    });
  }

  function showStates(now, bad) {
    hearServer(observer.takeRecords());
    document.querySelectorAll(WATCHED).forEach(element => showState(element, now, bad));
    observer.takeRecords(); // our own writing
  }

  // ------------------------------------------------------------------ the link, seen from the page

  ioc.link = {
    up: false, speed: 1, held: false, offset: null, liveAt: undefined, seenAt: Date.now(), refused: 0, away: null, brokenAt: null, startedAt: Date.now(),
  };

  /* [state, since when in ms of the server, cause]; the nearest cause first: what lies behind it cannot be known. */
  function linkState(link, now) {
    const before = at => now - (Date.now() - at) * link.speed;
    const silence = Date.now() - link.seenAt;
    const stalled = Date.now() - (link.liveAt ?? link.startedAt);
    if (link.refused) return ['refused', now, 'refused'];
    if (link.brokenAt) return ['broken', link.brokenAt, 'broken'];
    if (silence > (link.up ? SILENT_MS : LOST_MS)) return ['lost', now - silence * link.speed, 'lost'];
    if (link.up && link.away?.cause === 'database') return ['stalled', before(link.away.since), 'database'];
    if (link.up && link.liveAt !== undefined && stalled > STALLED_S * 1000) return ['stalled', now - stalled * link.speed, 'stalled'];
    if (link.up && link.away) return ['stalled', before(link.away.since), link.away.cause];
    return [link.up ? 'live' : 'connecting', now, ''];
  }

  function banner() {
    const known = document.getElementById('ioc-banner');
    if (known) return known;
    const made = document.createElement('div');
    made.id = 'ioc-banner';
    made.setAttribute('role', 'alert');
    document.body.append(made);
    return made;
  }

  /* [what the banner speaks of, its values]; '' = there is no banner */
  function news([state, since, cause]) {
    const { dataset } = document.documentElement;
    if (BAD_LINKS.includes(state)) return [cause, { time: local(since).time }];
    if (ioc.link.held) return ['held'];
    return [dataset.build === 'new' ? 'build' : ''];
  }

  function showLink([state, since, cause]) {
    const { dataset } = document.documentElement;
    const [about, values] = news([state, since, cause]);
    const play = about === 'held' ? 'held' : 'on';
    if (dataset.link !== state) dataset.link = state;
    if (dataset.cause !== cause) dataset.cause = cause;
    if (dataset.play !== play) dataset.play = play;
    const label = document.getElementById('link');
    if (label) {
      label.dataset.state = state;
      write(label, word(cause || state));
    }
    write(banner(), about && word(`banner-${about}`, values));
  }

  /* Everything that depends on the time; called each second and after each frame. */
  ioc.showTime = () => {
    const now = ioc.now();
    const status = linkState(ioc.link, now);
    const clock = document.getElementById('clock');
    if (clock) write(clock, clockText(now));
    showLink(status);
    showAges(now);
    showRenamed(now);
    showStates(now, BAD_LINKS.includes(status[0]) ? { since: status[1], cause: status[2] } : null);
  };
})((window.ioc = window.ioc || {}));
