import { eq } from "drizzle-orm";
import type { StepCode } from "#lib/contracts/runs";
import type { Transaction } from "#lib/db/client";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import type { DrillTargetType } from "#lib/domain/drill-state";
import { LifeboatError } from "#lib/domain/error";
import type { RunType } from "#lib/domain/run-state";
import type { ServiceContext } from "../context.ts";
import { type RunRow, startRun } from "../runs/start.ts";
import type { DrillRow } from "./rows.ts";

type DrillRun = Extract<RunType, "drill-prepare" | "drill-restore" | "drill-check" | "drill-close" | "drill-query">;

const restoreSteps: Record<DrillTargetType, readonly StepCode[]> = {
  sandbox: ["prepare", "spool", "start-target", "create-roles", "create-database", "load"],
  server: ["prepare", "spool", "create-database", "load"],
  file: ["prepare", "spool"],
};

function stepsOf(type: DrillRun, target: DrillTargetType): readonly StepCode[] {
  switch (type) {
    case "drill-prepare":
      return ["choose-backup", "preflight"];
    case "drill-restore":
      return restoreSteps[target];
    case "drill-check":
      return target === "file"
        ? ["built-in-checks", "own-checks", "judge"]
        : ["read-archive", "read-copy", "inspect-copy", "built-in-checks", "own-checks", "judge"];
    case "drill-close":
      return ["remove-copy", "prove-removed", "write-report"];
    case "drill-query":
      return [];
  }
}

/**
 * Inserts a drill's next run, in the transaction that moves the drill on. The caller wakes a worker afterwards. All of a drill's runs go to one group:
 * its sandbox lives on that host. `after`: waits for the end of that run.
 */
export async function queueDrillRun(
  tx: Transaction,
  context: ServiceContext,
  drill: DrillRow,
  request: { type: DrillRun; input?: Record<string, unknown>; afterRunId?: string; subject?: string },
): Promise<RunRow> {
  const { type, input = {}, afterRunId = null, subject = drill.id } = request;
  return startRun(tx, context, {
    type,
    subject,
    sourceId: drill.sourceId,
    backupId: drill.backupId,
    // A target's sessions are ended by its run's application name after a crash; a sandbox goes with all of its own.
    serverId: drill.target?.type === "server" ? drill.target.serverId : null,
    drillId: drill.id,
    afterRunId,
    workerGroup: await groupOf(tx, drill),
    trigger: "drill",
    input,
    steps: stepsOf(type, drill.target?.type ?? "sandbox"),
  });
}

async function groupOf(tx: Transaction, drill: DrillRow): Promise<string> {
  const [source] = await tx
    .select({ group: sources.workerGroup, serverId: sources.serverId })
    .from(sources)
    .where(eq(sources.id, drill.sourceId));
  if (source === undefined) throw new LifeboatError("not-found", { entity: "source", id: drill.sourceId });
  const serverId = drill.target?.serverId ?? (drill.wantedTarget.type === "server" ? drill.wantedTarget.serverId : source.serverId);
  if (serverId === null) return source.group ?? "default";
  const [server] = await tx.select({ group: servers.workerGroup }).from(servers).where(eq(servers.id, serverId));
  return server?.group ?? source.group ?? "default";
}
