import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { AddressInfo } from "node:net";
import { listenTo } from "#lib/db/listen";
import { createCodecPool } from "#lib/repository/codec-pool";
import { insertBackup, insertDestination, insertSource } from "#lib/testing/catalogue-rows";
import { createFreshness } from "#lib/web/freshness";
import { createWebServer } from "#lib/web/server";
import { stopServer } from "#lib/web/stop-server";
import type { CallersOrder, CallersReport } from "../callers.ts";
import { percentile } from "../clock.ts";
import type { Part } from "../part.ts";
import { limitLine, toldLine } from "../report.ts";
import type { Station } from "../station.ts";
import { makeToken, runtimeOf } from "../visitor.ts";

const callers = 200;
const times = 100;
const script = fileURLToPath(new URL("../callers.ts", import.meta.url));
const milliseconds = (value: number) => `${value.toFixed(3)} ms`;

/** `back-up-if-stale` of a fresh and of a stale source, asked by 200 callers at once over HTTP: the server around Next as it is, without Next behind it. */
export const stale: Part = async ({ station, sourceId }) => {
  const { db } = station.catalogue;
  const destinationId = await insertDestination(db);
  const staleId = await insertSource(db, station.serverId);
  await insertBackup(db, { sourceId, destinationId });
  const token = await makeToken(station);
  const decisionMs: number[] = [];
  const { base, stop } = await serve(station, (tookMs) => decisionMs.push(tookMs));
  const ask = (id: string, count: number) =>
    callTogether({ url: `${base}/api/v1/sources/${id}/back-up-if-stale?maxAge=7d`, token, callers, times: count });
  try {
    await ask(sourceId, 10);
    decisionMs.length = 0;
    const fresh = await ask(sourceId, times);
    if (fresh.answers.some((answer) => !answer.startsWith("200 fresh"))) throw new Error(`not fresh: ${fresh.answers.join(", ")}`);
    const taken = [...decisionMs];
    const stales = await ask(staleId, 1);
    const runs = await station.catalogue.sql<{ id: string }[]>`select id from lifeboat.runs where source_id = ${staleId}`;
    const told = new Set(stales.answers.map((answer) => answer.split(" ")[2]));
    if (told.size !== 1 || !told.has(runs[0]?.id)) throw new Error(`told of other runs: ${stales.answers.join(", ")}`);
    const over = { part: "stale", show: milliseconds };
    const sides = `${taken.length} decisions; median ${milliseconds(percentile(taken, 0.5))}, longest ${milliseconds(Math.max(...taken))}`;
    const answers = `median ${percentile(fresh.tookMs, 0.5).toFixed(1)} ms, ${Math.round(fresh.tookMs.length / fresh.seconds)} answers a second`;
    return [
      limitLine({
        ...over,
        what: `fresh, ${callers} callers at once: the decision, 99th percentile`,
        value: percentile(taken, 0.99),
        most: 1,
        sides,
      }),
      toldLine(
        "stale",
        "the same, a whole answer over HTTP as its caller sees it, 99th percentile",
        `${percentile(fresh.tookMs, 0.99).toFixed(1)} ms`,
        answers,
      ),
      limitLine({
        part: "stale",
        what: `stale, ${callers} callers at once: backups started`,
        value: runs.length,
        most: 1,
        show: String,
        sides: `all told of the same one; slowest ${Math.max(...stales.tookMs).toFixed(0)} ms`,
      }),
    ];
  } finally {
    await stop();
  }
};

/** The web server of this process, with its memory and its ear on the catalogue. */
async function serve(station: Station, onDecided: (tookMs: number) => void): Promise<{ base: string; stop: () => Promise<void> }> {
  const runtime = runtimeOf(station);
  const freshness = createFreshness({ db: station.catalogue.db, logger: runtime.logger });
  const up = Promise.withResolvers<void>();
  const listener = listenTo({
    databaseUrl: station.catalogueUrl,
    applicationName: "lifeboat-web",
    channel: "lifeboat_changes",
    onPayload: freshness.onPayload,
    onUp: () => {
      freshness.onUp();
      up.resolve();
    },
    onDown: freshness.onDown,
  });
  await up.promise;
  const pool = createCodecPool({ threads: 1 });
  const storage = () => Promise.reject(new Error("nothing is downloaded here"));
  const server = createWebServer(runtime, () => Promise.resolve(), { storage, pool, freshness, onDecided });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      await stopServer(server);
      await Promise.all([listener.stop(), pool.close()]);
    },
  };
}

/** The token travels over the channel, where no process list shows it. */
async function callTogether(order: CallersOrder): Promise<CallersReport> {
  const child: ChildProcess = fork(script, [], { execArgv: ["--disable-warning=ExperimentalWarning"] });
  const ended = once(child, "exit").then(([code]: unknown[]) => Promise.reject(new Error(`the callers ended with ${String(code)}`)));
  ended.catch(() => undefined);
  await Promise.race([once(child, "message"), ended]);
  const answered = once(child, "message").then(([report]: unknown[]) => report as CallersReport);
  child.send(order);
  return Promise.race([answered, ended]);
}
