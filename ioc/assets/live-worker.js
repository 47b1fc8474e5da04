/* One live link for all tabs of a browser, so that they do not use up its connections: a SharedWorker, served at
   /static/live-worker.js and started by /assets/live.js. One link a language, and one more of each for pages that guests of the house see; a tab
   that joins late is given everything. */
'use strict';

importScripts('/assets/link.js' + self.location.search);

const FORGOTTEN_MS = 180000; // a hidden tab's timers may run once a minute
const rooms = new Map(); // language and guests -> {link, ports: Map(port -> last heard)}

const nameOf = ({ lang, guests }) => (guests ? `${lang}.guests` : lang);

function enter(port, asked) {
  const known = rooms.get(nameOf(asked));
  if (known) {
    known.ports.set(port, Date.now());
    port.postMessage(known.link.beat());
    if (known.link.hasFrames()) port.postMessage(known.link.everything());
    return;
  }
  const ports = new Map([[port, Date.now()]]);
  const tell = message => ports.forEach((_, other) => other.postMessage(message));
  rooms.set(nameOf(asked), { ports, link: self.iocLink({ lang: asked.lang, guests: Boolean(asked.guests), tell }) });
}

function leave(port) {
  rooms.forEach((room, name) => {
    if (!room.ports.delete(port) || room.ports.size > 0) return;
    room.link.close();
    rooms.delete(name);
  });
}

function hear(port, { say, ...asked }) {
  const room = rooms.get(nameOf(asked));
  if (say === 'leave') leave(port);
  else if (!room || !room.ports.has(port)) enter(port, asked);
  else if (say === 'restart') room.link.restart();
  if (rooms.get(nameOf(asked))?.ports.has(port)) rooms.get(nameOf(asked)).ports.set(port, Date.now());
}

self.onconnect = event => {
  const [port] = event.ports;
  port.onmessage = message => hear(port, message.data);
};

setInterval(() => {
  const oldest = Date.now() - FORGOTTEN_MS;
  rooms.forEach(room => room.ports.forEach((heard, port) => heard < oldest && leave(port)));
}, 30000);
