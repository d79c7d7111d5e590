import { eq } from "drizzle-orm";
import { replacements } from "#lib/db/schema/replacements";
import { LifeboatError } from "#lib/domain/error";
import type { Engine, EngineContext, ServerAddress } from "#lib/engines/port";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import type { ReplacementRow } from "./rows.ts";

/**
 * For a safety backup, once its snapshot is open (nobody can rename a database with a session in it): writes down of which database of
 * which server it is. Other backups are nobody's safety. Throws `target-changed` when the name is gone.
 */
export async function recordTarget(work: RunWork, address: ServerAddress, database: string): Promise<void> {
  const { db, deps, engineContext, run, lease } = work;
  if (run.trigger !== "safety") return;
  const id = await deps.engine.clusterId(address, engineContext);
  const oldOid = (await deps.engine.databaseIds(address, [database], engineContext)).get(database);
  if (oldOid === undefined) throw new LifeboatError("target-changed", { database });
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await tx.update(replacements).set({ clusterId: id, oldOid }).where(eq(replacements.safetyRunId, run.id));
  });
}

type Asked = { readonly engine: Engine; readonly engineContext: EngineContext; readonly address: ServerAddress };

/**
 * Object ids are of one server: behind a changed address, or after the server was made anew, the same ids are other databases.
 * Throws `server-changed` { host, port }.
 */
export async function assertSameServer({ engine, engineContext, address }: Asked, { clusterId }: ReplacementRow): Promise<void> {
  if (clusterId === null) return;
  const now = await engine.clusterId(address, engineContext);
  if (now !== null && now !== clusterId) throw new LifeboatError("server-changed", { host: address.host, port: address.port });
}
