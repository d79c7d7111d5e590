import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import { redactText } from "#lib/log/redact";
import type { CopyTarget } from "../copy-port.ts";
import type { EngineContext } from "../port.ts";
import { reserveSession } from "./connection.ts";
import { helperName } from "./session-name.ts";
import { querySql, reachServer, readVersion, type ServerVersion } from "./server.ts";

/** One session in one transaction of a copy that is rolled back whatever happens. */
export type CopySession = { readonly sql: postgres.ReservedSql; readonly version: ServerVersion };

type Access = "read only" | "read write";

/**
 * Reads a copy in one snapshot of it. Nothing of what `work` does stays. Cancelled with the context's signal, whose reason is then thrown; what the
 * server refuses is `check-not-possible` { detail }.
 */
export async function inCopy<T>(
  target: CopyTarget,
  access: Access,
  context: EngineContext,
  work: (session: CopySession) => Promise<T>,
): Promise<T> {
  const address = await reachServer(target.address, context.signal);
  try {
    return await querySql(address, target.database, helperName(context.applicationName, "look"), async (pool) => {
      const version = await readVersion(pool);
      const sql = await reserveSession(pool);
      const end = () => void pool.end({ timeout: 0 }).catch(() => undefined);
      context.signal.addEventListener("abort", end, { once: true });
      try {
        await sql.unsafe(`begin isolation level repeatable read ${access}`);
        await sql
          .unsafe(
            "set local statement_timeout = 0; set local lock_timeout = '30s'; set local row_security = off; set local search_path = pg_catalog",
          )
          .simple();
        return await work({ sql, version });
      } finally {
        context.signal.removeEventListener("abort", end);
        await sql.unsafe("rollback").catch(() => undefined);
        sql.release();
      }
    });
  } catch (error) {
    context.signal.throwIfAborted();
    throw refusal(error);
  }
}

/** What a server says of a statement of ours is no bug: the copy is not as it should be. Class 08 and 57 are lost connections. */
function refusal(error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  const isSaid = !(error instanceof LifeboatError) && error instanceof Error && typeof code === "string" && /^[0-9A-Z]{5}$/.test(code);
  if (!isSaid) return error;
  return new LifeboatError("check-not-possible", { detail: redactText(error.message).slice(0, 500) }, { cause: error });
}
