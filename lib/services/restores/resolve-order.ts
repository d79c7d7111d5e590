import { eq } from "drizzle-orm";
import type { RestoreInput } from "#lib/contracts/restores";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { databaseNameProblem } from "#lib/domain/restore-plan";
import { chooseForDate } from "../restore-points/choose-for-date.ts";

type Tx = Database | Transaction;
type BackupRow = typeof backups.$inferSelect;

/** A database of a server, by the name that it has or is to get. */
export type ServerTarget = { readonly type: "server"; readonly server: typeof servers.$inferSelect; readonly database: string };
/** A file on hosts of the source's worker group. */
export type FileTarget = { readonly type: "file"; readonly path: string };

/** What a restore was asked for, with nothing left open: one backup, one target. */
export type RestoreOrder = {
  readonly backup: BackupRow;
  readonly source: typeof sources.$inferSelect;
  /** The time that was asked for; null when the backup itself was. */
  readonly wantedAt: Date | null;
  readonly target: ServerTarget | FileTarget;
};

/** Where a restore goes, as it was asked for. */
export function targetOf({
  serverId = "",
  database = "",
  targetPath,
}: Pick<RestoreInput, "serverId" | "database" | "targetPath">): { type: "server"; serverId: string; database: string } | FileTarget {
  return targetPath === undefined ? { type: "server", serverId, database } : { type: "file", path: targetPath };
}

/** What the run holds while it is active. */
export function targetSubject(target: RestoreOrder["target"]): string {
  return target.type === "server" ? `${target.server.id}/${target.database}` : `file:${target.path}`;
}

/**
 * What the catalogue alone can say about a restore: the backup is there whole, the target is known, the name is one. Throws
 * `not-found`, `no-restore-point` { at }, `backup-not-restorable` { backupId, state }, `target-name-invalid`, and `target-kind-differs` { engine } for a database
 * that is to become a file or the other way round, `invalid-input` for a part of a file.
 */
export async function resolveOrder(tx: Tx, input: RestoreInput): Promise<RestoreOrder> {
  const wantedAt = input.at === undefined ? null : new Date(input.at);
  const { sourceId } = input;
  const id = wantedAt === null || sourceId === undefined ? (input.backupId ?? "") : await chooseForDate(tx, sourceId, wantedAt);
  const backup = await loadRestorable(tx, id);
  const [source] = await tx.select().from(sources).where(eq(sources.id, backup.sourceId));
  if (source === undefined) throw new LifeboatError("not-found", { entity: "source", id: backup.sourceId });
  const target = await loadTarget(tx, input);
  const engine = target.type === "server" ? "postgres" : "sqlite";
  if (source.engine !== engine) throw new LifeboatError("target-kind-differs", { engine: source.engine });
  if (target.type === "file" && (input.content !== "all" || input.tables.length > 0)) {
    throw new LifeboatError("invalid-input", { issues: "content: a file is restored whole" });
  }
  return { backup, source, wantedAt, target };
}

async function loadRestorable(tx: Tx, id: string): Promise<BackupRow> {
  const [backup] = await tx.select().from(backups).where(eq(backups.id, id));
  if (backup === undefined || backup.state === "writing") throw new LifeboatError("not-found", { entity: "backup", id });
  const stored = await tx.select({ state: copies.state }).from(copies).where(eq(copies.backupId, backup.id));
  // A damaged copy may be tried again: the checksum decides before the target is touched.
  const whole = stored.some((copy) => copy.state === "stored" || copy.state === "damaged");
  if (backup.state !== "available" || !whole) {
    const state = backup.state === "available" ? (stored[0]?.state ?? "missing") : backup.state;
    throw new LifeboatError("backup-not-restorable", { backupId: backup.id, state });
  }
  return backup;
}

async function loadTarget(tx: Tx, input: RestoreInput): Promise<RestoreOrder["target"]> {
  const target = targetOf(input);
  if (target.type === "file") return target;
  const { serverId, database } = target;
  const [server] = await tx.select().from(servers).where(eq(servers.id, serverId));
  if (server === undefined || server.removedAt !== null) throw new LifeboatError("not-found", { entity: "server", id: serverId });
  const problem = databaseNameProblem(database);
  if (problem !== null) throw new LifeboatError(problem.code, problem.params);
  return { type: "server", server, database };
}
