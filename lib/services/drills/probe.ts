import { z } from "zod";
import type { Transaction } from "#lib/db/client";
import type { Fields } from "#lib/domain/changed-fields";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { awaitProbe } from "../runs/await-probe.ts";
import { changeDrill, type Told } from "./change.ts";
import { queueDrillRun } from "./queue-run.ts";
import { refuseUnchecked } from "./untouched.ts";
import { type DrillRow, lockDrill } from "./rows.ts";

/** Questions to a drill's copy, which only a worker reaches. */
export const drillQuestion = z.discriminatedUnion("type", [
  z.object({ type: z.literal("query"), sql: z.string() }),
  z.object({
    type: z.literal("browse"),
    table: z.object({ schema: z.string(), table: z.string() }).nullable(),
    offset: z.number().int().min(0),
  }),
  z.object({ type: z.literal("connection") }),
]);
export type DrillQuestion = z.infer<typeof drillQuestion>;

/** A statement has a minute; the answer has a little longer. */
const timeoutMs = 75_000;

/**
 * Asks a worker about a drill's copy and gives its answer. A look is told once in the drill's story, a statement each time in the audit. Throws `not-found`,
 * `drill-state` while there is no copy, for its address what `refuseUnchecked` throws, `copy-gone`, what the question itself throws, `no-worker` and `probe-timeout`.
 */
export async function askCopy(context: ServiceContext, drillId: string, question: DrillQuestion): Promise<Record<string, unknown>> {
  authorise(context, "drills:operate");
  const run = await context.db.transaction(async (tx) => {
    const drill = await lockDrill(tx, drillId);
    if (drill.state !== "validating") throw new LifeboatError("drill-state", { state: drill.state });
    if (question.type === "connection") await refuseUnchecked(tx, drill.id);
    await tell(tx, context, drill, question);
    return queueDrillRun(tx, context, drill, { type: "drill-query", input: question });
  });
  await context.wake(run.id, run.workerGroup);
  return awaitProbe(context, run.id, { timeoutMs });
}

async function tell(tx: Transaction, context: ServiceContext, drill: DrillRow, question: DrillQuestion): Promise<void> {
  // Who may have changed the copy, and when, is told each time.
  const isFirst =
    question.type === "connection" || !drill.events.some(({ code, actorName }) => code === "looked-at" && actorName === context.actor.name);
  const told: Told[] = isFirst ? [{ code: "looked-at", params: { how: question.type } }] : [];
  if (isFirst) await changeDrill(tx, context, drill, { told });
  const { action, after } = audited(question);
  await recordAudit(tx, context, {
    action,
    targetType: "drill",
    targetId: drill.id,
    targetName: drill.backup?.fileName ?? drill.id,
    after,
  });
}

function audited(question: DrillQuestion): { action: string; after: Fields } {
  switch (question.type) {
    case "query":
      return { action: "drill.query", after: { sql: question.sql } };
    case "browse":
      return { action: "drill.browse", after: { table: question.table?.table ?? null } };
    case "connection":
      return { action: "drill.connection", after: {} };
  }
}
