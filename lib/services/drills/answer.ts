import { and, eq } from "drizzle-orm";
import type { answerDrillCheck as contract, DrillDetailDto } from "#lib/contracts/drills";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { drillChecks } from "#lib/db/schema/drill-checks";
import { isManualCheck } from "#lib/domain/drill-checks";
import { LifeboatError } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { databaseNow } from "../runs/lease.ts";
import { changeDrill } from "./change.ts";
import { settleRecoveryTime } from "./checks/recovery-time.ts";
import { loadChecks, resetChecks } from "./checks/rows.ts";
import { goOn } from "./go-on.ts";
import { moveDrill } from "./move.ts";
import { lockDrill } from "./rows.ts";

/**
 * A person's verdict on a manual check; an earlier one stays visible. It may be given while the automatic ones run. Throws `check-unknown` { key } for
 * what is no manual check of the drill, and what `moveDrill` throws.
 */
export function answerDrillCheck(context: ServiceContext, { params, body }: EndpointInput<typeof contract>): Promise<DrillDetailDto> {
  const { id, key } = params;
  const { verdict, note } = body;
  const allowed = { states: ["validating"], busy: true } as const;
  return moveDrill(context, id, { action: "drill.answer", allowed }, async (tx, drill) => {
    const check = (await loadChecks(tx, id)).find((each) => each.key === key);
    if (check === undefined || !isManualCheck(check.type)) throw new LifeboatError("check-unknown", { key });
    await resetChecks(tx, id, [key]);
    const decided = {
      state: verdict,
      decidedBy: context.actor.name,
      note,
      // The recovery clock is the catalogue's: it began with that, and may end here.
      finishedAt: databaseNow,
      startedAt: check.startedAt ?? databaseNow,
      durationMs: 0,
    };
    await tx
      .update(drillChecks)
      .set({ ...decided, reason: verdict === "failed" ? { code: "check-failed", params: { count: 1, first: key } } : null })
      .where(and(eq(drillChecks.drillId, id), eq(drillChecks.key, key)));
    await settleRecoveryTime(tx, id);
    const answered = await changeDrill(tx, context, await lockDrill(tx, drill.id), {
      ...(drill.problem?.code === "answers-needed" ? { set: { problem: null } } : {}),
      told: [{ code: "check-answered", params: { key, verdict } }],
    });
    await goOn(tx, context, answered);
    return { key, verdict };
  });
}
