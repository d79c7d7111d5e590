import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getRuntime } from "./runtime.ts";

const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
/** A catalogue that takes longer than this does not count as reachable, in milliseconds. */
const patienceMs = 3000;

/** The process answers. Says nothing about what it needs. */
export function liveness(): Response {
  return Response.json({ status: "live" }, { headers });
}

/**
 * 200 when the catalogue answers and has every migration of this build, else 503. `worker` tells whether one is alive: without it the
 * pages still work, so it does not make the web process unready. Names neither hosts nor versions: anybody may ask.
 */
export async function readiness(): Promise<Response> {
  const { catalogue, env, logger } = getRuntime();
  const freshAfter = new Date(Date.now() - env.leaseMs);
  const ask = async () => {
    const [found] = await catalogue.sql<{ migrations: number; workers: number }[]>`
      select (select count(*)::int from drizzle.__drizzle_migrations) as migrations,
             (select count(*)::int from lifeboat.workers where stopped_at is null and heartbeat_at > ${freshAfter}) as workers`;
    return found;
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("the catalogue did not answer in time")), patienceMs);
  });
  try {
    const found = await Promise.race([ask(), late]);
    const isMigrated = found !== undefined && found.migrations >= migrationsOfBuild();
    const body = {
      status: isMigrated ? "ready" : "not-ready",
      catalogue: "ok",
      migrations: isMigrated ? "ok" : "missing",
      worker: workerState(found?.workers ?? 0),
    };
    return Response.json(body, { status: isMigrated ? 200 : 503, headers });
  } catch (error) {
    logger.warn("not ready", { error });
    return Response.json(
      { status: "not-ready", catalogue: "unreachable", migrations: "unknown", worker: "unknown" },
      { status: 503, headers },
    );
  } finally {
    clearTimeout(timer);
  }
}

function workerState(count: number): "ok" | "none" {
  return count > 0 ? "ok" : "none";
}

let known: number | undefined;

function migrationsOfBuild(): number {
  const journal = join(process.cwd(), "drizzle", "meta", "_journal.json");
  known ??= (JSON.parse(readFileSync(journal, "utf8")) as { entries: unknown[] }).entries.length;
  return known;
}
