import { eq } from "drizzle-orm";
import type { DrillDetailDto, handOverDrill as contract } from "#lib/contracts/drills";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { isAllowed } from "#lib/domain/permissions";
import type { ServiceContext } from "../context.ts";
import { changeDrill, isOperator } from "./change.ts";
import { moveDrill } from "./move.ts";

const states = ["preparing", "prepared", "restoring", "restore-failed", "validating"] as const;

/**
 * Makes somebody else the operator. The operator may hand over to anybody who may operate drills; others may only take over themselves. Throws
 * `not-found` for who is not there (any more), `not-allowed` for who may not operate drills, `drill-not-operator`, and what `moveDrill` throws.
 */
export function handOverDrill(context: ServiceContext, { params, body }: EndpointInput<typeof contract>): Promise<DrillDetailDto> {
  const allowed = { states, busy: true, paused: true, anybody: true } as const;
  return moveDrill(context, params.id, { action: "drill.hand-over", allowed }, async (tx, drill) => {
    const [user] = await tx.select().from(users).where(eq(users.id, body.userId));
    if (user === undefined || user.disabledAt !== null) throw new LifeboatError("not-found", { entity: "user", id: body.userId });
    if (!isAllowed(user.role, null, "drills:operate")) throw new LifeboatError("not-allowed", { permission: "drills:operate" });
    if (!isOperator(context, drill) && user.id !== context.actor.id) {
      throw new LifeboatError("drill-not-operator", { operator: drill.operatorName });
    }
    await changeDrill(tx, context, drill, {
      set: { operatorId: user.id, operatorName: user.name },
      told: [{ code: "handed-over", params: { from: drill.operatorName, to: user.name, note: body.note } }],
    });
    return { operatorId: user.id, operatorName: user.name, note: body.note };
  });
}
