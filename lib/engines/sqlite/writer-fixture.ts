import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";

/** A process for tests that writes to a database file until it is told to stop, or that only holds it open. */
type Order = { path: string; pauseMs?: number; busyMs?: number; hold?: "idle" | "transaction" | "exclusive" };

const order = JSON.parse(process.argv[2] ?? "{}") as Order;
const db = new DatabaseSync(order.path, { timeout: order.busyMs ?? 10_000 });
db.exec("pragma synchronous = off");
const stopping = new AbortController();
let commits = 0;
let slowestMs = 0;
let busy = 0;

process.once("message", () => {
  stopping.abort();
});

function move(): void {
  const startedMs = performance.now();
  try {
    db.exec(`begin immediate;
      update checking set amount = amount - 1;
      update saving set amount = amount + 1;
      insert into moves (at) values (datetime('now'));
      commit`);
    commits += 1;
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== 5) throw error;
    busy += 1;
  }
  slowestMs = Math.max(slowestMs, performance.now() - startedMs);
}

if (order.hold === undefined) move();
else db.prepare("select count(*) from moves").get();
if (order.hold === "exclusive") db.exec("begin exclusive");
if (order.hold === "transaction") db.exec("begin immediate; insert into moves (at) values ('open')");
process.send?.("writing");
while (!stopping.signal.aborted) {
  if (order.hold === undefined) move();
  await delay(order.pauseMs ?? 1);
}
if (db.isTransaction) db.exec("rollback");
db.close();
process.send?.({ commits, slowestMs, busy });
process.disconnect();
