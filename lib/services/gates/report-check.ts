import { eq } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { GateDto, reportGateCheck as contract } from "#lib/contracts/gates";
import { gates } from "#lib/db/schema/gates";
import { LifeboatError } from "#lib/domain/error";
import { redactText } from "#lib/log/redact";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { stepGate } from "./advance.ts";
import { loadGate, lockGate } from "./rows.ts";

/**
 * Takes how the caller's release check ended, and ends the gate with it. Only the first report counts: a later one (a reply that was lost) gets the gate as it
 * ended. Throws `not-found`, `gate-state` { state } where no check of the caller is awaited.
 */
export async function reportGateCheck(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<GateDto> {
  authorise(context, "gates:create");
  const { id } = input.params;
  const { exitCode, durationMs, output } = input.body;
  await context.db.transaction(async (tx) => {
    const gate = await lockGate(tx, id);
    if (gate.checker === "client" && gate.exitCode !== null) return;
    if (gate.checker !== "client" || gate.state !== "checking") throw new LifeboatError("gate-state", { state: gate.state });
    const told = { exitCode, output: redactText(output) };
    await tx.update(gates).set(told).where(eq(gates.id, id));
    await recordAudit(tx, context, {
      action: "gate.check",
      targetType: "gate",
      targetId: id,
      targetName: gate.commit,
      after: { exitCode, durationMs, program: gate.command },
    });
    await stepGate(tx, context, { ...gate, ...told });
  });
  return loadGate(context.db, id);
}
