import { eq } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/sources";
import { backups } from "#lib/db/schema/backups";
import { type BackupPlanFacts, findBlockers, toolSetFor } from "#lib/domain/blockers";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadWorkers } from "../system/workers.ts";
import { findSource, type SourceWithServer, toSourceDtos } from "./load.ts";
import { loadStrips } from "./strips.ts";

async function planFacts(context: ServiceContext, found: SourceWithServer, lastGoodId: string | null): Promise<BackupPlanFacts> {
  const [workers, last] = await Promise.all([
    loadWorkers(context.db),
    lastGoodId === null
      ? []
      : context.db
          .select({ streamBytes: backups.streamBytes, storedBytes: backups.storedBytes })
          .from(backups)
          .where(eq(backups.id, lastGoodId)),
  ]);
  return {
    sourceName: found.source.name,
    paused: found.source.pausedAt !== null,
    engine: found.source.engine,
    group: found.server?.workerGroup ?? found.source.workerGroup ?? "default",
    serverVersion: found.server?.serverVersion ?? null,
    lastCheckError: found.server?.lastError ?? null,
    sizeBytes: found.source.sizeBytes,
    last: last[0] ?? null,
    workers,
  };
}

/** One source with its strip, the tools that it would be backed up with, and what would stop a backup now. Throws `not-found`. */
export async function getSource(
  context: ServiceContext,
  input: EndpointInput<typeof contract.getSource>,
): Promise<contract.SourceDetailDto> {
  authorise(context, "sources:read");
  const { id } = input.params;
  const found = await findSource(context.db, id);
  const [[source], stripOf] = await Promise.all([
    toSourceDtos(context.db, [found], context.now()),
    loadStrips(context.db, [id], context.now()),
  ]);
  if (source === undefined) throw new LifeboatError("not-found", { entity: "source", id });
  const facts = await planFacts(context, found, source.lastGoodBackupId);
  const tools = toolSetFor(facts);
  return {
    ...source,
    strip: stripOf(id),
    blockers: findBlockers(facts).map(describeReason),
    toolSet: tools === null ? null : { major: tools.major, version: tools.version, path: tools.path },
  };
}
