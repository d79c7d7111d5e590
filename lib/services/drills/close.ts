import type { closeDrill as contract, DrillDetailDto } from "#lib/contracts/drills";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { isTooGood } from "#lib/domain/drill-verdict";
import { LifeboatError } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { newPlaybook } from "../drill-plans/new-playbook.ts";
import { requireVersion } from "../require-version.ts";
import { loadChecks } from "./checks/rows.ts";
import { judgementOf } from "./detail.ts";
import { moveDrill } from "./move.ts";
import { beginClose } from "./phases.ts";

/**
 * Signs a drill off: from then on it is only cleaned up and reported. Throws `drill-sign-person` for a token of the API, unless nobody attends the drill,
 * `drill-name-mismatch` { expected } unless the name is the account's,
 * `drill-verdict-too-good` { best }, `version-conflict` when somebody changed it meanwhile, and what `moveDrill` throws.
 */
export function closeDrill(context: ServiceContext, { params, body, ifMatch }: EndpointInput<typeof contract>): Promise<DrillDetailDto> {
  const version = requireVersion(ifMatch);
  const allowed = { states: ["validating", "restore-failed"], version } as const;
  return moveDrill(context, params.id, { action: "drill.close", allowed }, async (tx, drill) => {
    const { actor } = context;
    // A signature is a person's word; what nobody attends closes itself.
    if (actor.type === "token" && !drill.unattended) throw new LifeboatError("drill-sign-person");
    const { verdict, findings, improvement, signedName } = body;
    if (signedName.normalize("NFC") !== actor.name.trim().normalize("NFC")) {
      throw new LifeboatError("drill-name-mismatch", { expected: actor.name });
    }
    const best = judgementOf(drill, await loadChecks(tx, drill.id), findings.length)?.best ?? "failed";
    if (isTooGood(verdict, best)) throw new LifeboatError("drill-verdict-too-good", { best });
    if (body.playbook !== undefined) await newPlaybook(tx, context, drill.planId, body.playbook);
    await beginClose(tx, context, drill, {
      verdict,
      findings,
      improvement,
      signOff: { name: signedName, at: context.now().toISOString(), userId: actor.type === "user" ? actor.id : null },
    });
    return { verdict, findings: findings.length, signedName };
  });
}
