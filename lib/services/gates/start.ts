import type { EndpointInput } from "#lib/contracts/endpoint";
import type { createGate as contract, GateDto } from "#lib/contracts/gates";
import { gates } from "#lib/db/schema/gates";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { startGateBackup } from "./gate-runs.ts";
import { auditedGate, catalogueNow, type GateRow, loadGate } from "./rows.ts";

const minuteMs = 60_000;

/**
 * Opens a gate and starts its backup; where one of the source is on its way already, which began before the gate, its own follows that
 * one. Throws `not-found`, `source-paused` { source }.
 */
export async function createGate(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<GateDto> {
  authorise(context, "gates:create");
  const { sourceId, kind, commit, operator, check, timeoutMinutes } = input.body;
  const { id, run } = await context.db.transaction(async (tx) => {
    const startedAt = await catalogueNow(tx);
    const order = {
      id: makeId("gate", context.newUuid()),
      sourceId,
      kind,
      commit,
      operator: operator === "" ? context.actor.name : operator,
      createdByType: context.actor.type,
      createdById: context.actor.id,
      createdByName: context.actor.name,
    };
    const started = await startGateBackup(tx, context, order);
    const values: typeof gates.$inferInsert = {
      ...order,
      state: "backing-up",
      checker: check.by,
      command: commandOf(check),
      backupRunId: started?.id ?? null,
      startedAt,
      deadlineAt: new Date(startedAt.getTime() + timeoutMinutes * minuteMs),
    };
    const [gate] = (await tx.insert(gates).values(values).returning()) as [GateRow];
    await recordAudit(tx, context, {
      action: "gate.start",
      targetType: "gate",
      targetId: gate.id,
      targetName: gate.commit,
      after: { ...auditedGate(gate), kind, timeoutMinutes },
    });
    return { id: gate.id, run: started };
  });
  if (run !== null) await context.wake(run.id, run.workerGroup);
  return loadGate(context.db, id);
}

function commandOf(check: EndpointInput<typeof contract>["body"]["check"]): string | null {
  switch (check.by) {
    case "none":
      return null;
    case "client":
      return check.program;
    case "worker":
      return check.command;
    default:
      return check satisfies never;
  }
}
