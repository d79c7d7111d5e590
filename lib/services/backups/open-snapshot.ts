import { LifeboatError } from "#lib/domain/error";
import type { OpenSnapshot, TableRef } from "#lib/engines/port";
import type { sources } from "#lib/db/schema/sources";
import { recordTarget } from "../restores/target-identity.ts";
import type { RunWork } from "../runs/work.ts";
import { addressOf } from "../servers/address.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { openFileSnapshot } from "./open-file-snapshot.ts";

type Source = typeof sources.$inferSelect;

/** What a snapshot leaves out. */
export type LeftOut = { readonly excludedSchemas: readonly string[]; readonly excludedTables: readonly TableRef[] };

/** Opens a snapshot of a source through its engine; whoever opens it closes it. Throws the engine's own refusals. */
export async function openSnapshot(work: RunWork, source: Source, leftOut: LeftOut): Promise<OpenSnapshot> {
  switch (source.engine) {
    case "postgres":
      return openPostgres(work, source, leftOut);
    case "sqlite":
      return openFileSnapshot(work, source);
    default:
      return source.engine satisfies never;
  }
}

async function openPostgres(work: RunWork, source: Source, leftOut: LeftOut): Promise<OpenSnapshot> {
  const { db, deps, reporter } = work;
  if (source.serverId === null) throw new LifeboatError("not-found", { entity: "server", id: "" });
  const server = await getServerOrThrow(db, source.serverId);
  const address = addressOf(deps.context.keyring, server, "backup");
  const snapshot = await deps.engine.snapshot(
    {
      address,
      database: source.database,
      excludedSchemas: leftOut.excludedSchemas,
      excludedTables: leftOut.excludedTables,
      lockWaitSeconds: Math.max(1, Math.round(deps.lockWaitMs / 1000)),
    },
    work.engineContext,
  );
  try {
    reporter.log("info", `server ${snapshot.serverVersion}, pg_dump ${snapshot.toolVersion}`);
    await recordTarget(work, address, source.database);
    return snapshot;
  } catch (error) {
    await snapshot.close();
    throw error;
  }
}
