import type { EndpointInput } from "#lib/contracts/endpoint";
import type { cancelGate as contract, GateDto } from "#lib/contracts/gates";
import { LifeboatError } from "#lib/domain/error";
import { isGateOver } from "#lib/domain/gate-state";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { endGate } from "./advance.ts";
import { loadGate, lockGate } from "./rows.ts";

/** Gives a gate up: it has failed, and what it started is cancelled. Throws `not-found`, `gate-state` { state } once it is over. */
export async function cancelGate(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<GateDto> {
  authorise(context, "gates:create");
  const { id } = input.params;
  await context.db.transaction(async (tx) => {
    const gate = await lockGate(tx, id);
    if (isGateOver(gate.state)) throw new LifeboatError("gate-state", { state: gate.state });
    await recordAudit(tx, context, {
      action: "gate.cancel",
      targetType: "gate",
      targetId: id,
      targetName: gate.commit,
      before: { state: gate.state },
      after: { cancelRequested: true },
    });
    await endGate(tx, context, gate, { code: "gate-cancelled", params: { by: context.actor.name } });
  });
  return loadGate(context.db, id);
}
