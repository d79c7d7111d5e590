import { eq } from "drizzle-orm";
import { sources } from "#lib/db/schema/sources";
import type { BackupKind } from "#lib/domain/backup-state";
import { LifeboatError, type Params, type Reason } from "#lib/domain/error";
import { estimateStoredBytes, fits, neededBytes } from "#lib/domain/space";
import type { OpenSnapshot } from "#lib/engines/port";
import type { ChainBase } from "#lib/repository/port";
import type { RunWork } from "../runs/work.ts";
import { type BackupOrder, backupOrder } from "./backup-order.ts";
import { loadHistory, loadLastOfKind, type PastBackup } from "./history.ts";
import { openBase, type OpenedBase, whyFull } from "./open-base.ts";
import { type LeftOut, openSnapshot } from "./open-snapshot.ts";
import { beginChain, type Intent, recordIntent } from "./record-intent.ts";

/** A source whose snapshot is open. Whoever opened it closes the snapshot. */
export type OpenSource = {
  readonly source: typeof sources.$inferSelect;
  readonly order: BackupOrder;
  readonly leftOut: LeftOut;
  readonly snapshot: OpenSnapshot;
  readonly history: readonly PastBackup[];
};

/** A backup whose intent row stands, before the first byte. */
export type OpenBackup = OpenSource & { readonly intent: Intent; readonly base: ChainBase | null; readonly warnings: readonly string[] };

/**
 * Checks everything that can be known before the dump and opens the snapshot. Throws `not-found`, `source-paused`, the destination's
 * and the engine's own refusals. Nothing stays behind when it throws.
 */
export async function openSource(work: RunWork): Promise<OpenSource> {
  const { db, deps, run } = work;
  const [source] = await db
    .select()
    .from(sources)
    .where(eq(sources.id, run.sourceId ?? ""));
  if (source === undefined || source.removedAt !== null) throw new LifeboatError("not-found", { entity: "source", id: run.sourceId ?? "" });
  const order = backupOrder.parse(run.input);
  if (source.pausedAt !== null && !order.everything) throw new LifeboatError("source-paused", { source: source.name });
  const leftOut = order.everything ? { excludedSchemas: [], excludedTables: [] } : source;
  await deps.prepareDestination();
  const history = await loadHistory(db, source.id, leftOut);
  return { source, order, leftOut, snapshot: await openSnapshot(work, source, leftOut), history };
}

/**
 * Decides what kind it becomes and writes the intent row: a member where there is something to build upon, else a full in a new chain
 * that says why. Throws `no-space` with numbers, and what `openBase` throws.
 */
export async function openBackup(work: RunWork, opened: OpenSource): Promise<OpenBackup> {
  const { order, leftOut, snapshot, source } = opened;
  const { kind } = order;
  const found =
    kind === "full" ? null : await work.reporter.step("open-base", () => openBase(work, source.id, { kind, leftOut, snapshot }), baseFacts);
  if (found === null || !("base" in found)) return openFull(work, opened, found);
  await assertSpace(work, opened, kind);
  const intent = await recordIntent(work, {
    ...commonPlan(opened),
    kind,
    chain: { ...found.chain, isNew: false },
    baseId: found.baseId,
    parentId: found.parentId,
    candidates: found.base.packs,
  });
  return { ...opened, intent, base: found.base, warnings: [] };
}

async function openFull(work: RunWork, opened: OpenSource, reason: Reason | null): Promise<OpenBackup> {
  const { order, snapshot } = opened;
  await assertSpace(work, opened, "full");
  const warnings = reason === null ? [] : [whyFull(order.kind, reason)];
  for (const warning of warnings) work.reporter.log("warning", warning);
  const intent = await recordIntent(work, {
    ...commonPlan(opened),
    kind: "full",
    chain: beginChain(work, snapshot.estimatedBytes),
    askedKind: reason === null ? null : order.kind,
    kindReason: reason,
  });
  return { ...opened, intent, base: null, warnings };
}

function commonPlan({ source, snapshot }: OpenSource) {
  const { extension, snapshotAt, serverVersion, toolVersion } = snapshot;
  return { source, origin: "made" as const, database: source.database, extension, snapshotAt, serverVersion, toolVersion };
}

function baseFacts(found: OpenedBase | Reason): Params {
  return "base" in found ? { packs: found.base.packs.length, segments: found.base.segments } : { reason: found.code };
}

/**
 * Refuses before starting when the estimate does not fit; the write itself still finds out what an estimate cannot know. How much changed
 * since a member's base nobody knows: the last one of its kind is all there is to go by.
 */
async function assertSpace({ db, deps }: RunWork, { source, snapshot, history }: OpenSource, kind: BackupKind): Promise<void> {
  const { destination } = deps;
  const last = await loadLastOfKind(db, source.id, kind);
  const bytes = kind === "full" ? estimateStoredBytes(snapshot.estimatedBytes, last ?? history[0] ?? null) : (last?.storedBytes ?? null);
  const space = await destination.storage.space();
  if (bytes === null || fits(bytes, space)) return;
  throw new LifeboatError("no-space", { path: destination.path, freeBytes: space?.freeBytes ?? 0, neededBytes: neededBytes(bytes) });
}
