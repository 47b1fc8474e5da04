/* One live link for all tabs of a browser, so that they do not use up its connections: a SharedWorker, served at
   /static/live-worker.js and started by /assets/live.js. One link a language; a tab that joins late is given everything. */
'use strict';

importScripts('/assets/link.js' + self.location.search);

const FORGOTTEN_MS = 180000; // a hidden tab's timers may run once a minute
const rooms = new Map(); // language -> {link, ports: Map(port -> last heard)}

function enter(port, lang) {
  const known = rooms.get(lang);
  if (known) {
    known.ports.set(port, Date.now());
    port.postMessage(known.link.beat());
    if (known.link.hasFrames()) port.postMessage(known.link.everything());
    return;
  }
  const ports = new Map([[port, Date.now()]]);
  const tell = message => ports.forEach((_, other) => other.postMessage(message));
  rooms.set(lang, { ports, link: self.iocLink({ lang, tell }) });
}

function leave(port) {
  rooms.forEach((room, lang) => {
    if (!room.ports.delete(port) || room.ports.size > 0) return;
    room.link.close();
    rooms.delete(lang);
  });
}

function hear(port, { say, lang }) {
  const room = rooms.get(lang);
  if (say === 'leave') leave(port);
  else if (!room || !room.ports.has(port)) enter(port, lang);
  else if (say === 'restart') room.link.restart();
  if (rooms.get(lang)?.ports.has(port)) rooms.get(lang).ports.set(port, Date.now());
}

self.onconnect = event => {
  const [port] = event.ports;
  port.onmessage = message => hear(port, message.data);
};

setInterval(() => {
  const oldest = Date.now() - FORGOTTEN_MS;
  rooms.forEach(room => room.ports.forEach((heard, port) => heard < oldest && leave(port)));
}, 30000);
