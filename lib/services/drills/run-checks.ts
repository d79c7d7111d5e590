import type { DrillDetailDto, runDrillChecks as contract } from "#lib/contracts/drills";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { LifeboatError } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { loadChecks } from "./checks/rows.ts";
import { moveDrill } from "./move.ts";
import { beginChecks } from "./phases.ts";
import { isGivenOut, readsCopy } from "./untouched.ts";

/**
 * Runs automatic checks again, all or those that are named; what they said before stays visible. Throws `check-unknown` { key },
 * `drill-copy-given-out` for those that read a copy whose address was given out, and what `moveDrill` throws.
 */
export function runDrillChecks(context: ServiceContext, { params, body }: EndpointInput<typeof contract>): Promise<DrillDetailDto> {
  return moveDrill(context, params.id, { action: "drill.checks", allowed: { states: ["validating"] } }, async (tx, drill) => {
    const known = new Map((await loadChecks(tx, drill.id)).map((check) => [check.key, check]));
    const unknown = body.keys?.find((key) => !known.has(key));
    if (unknown !== undefined) throw new LifeboatError("check-unknown", { key: unknown });
    const asked = [...known.values()].filter(({ key, state }) => state !== "not-applicable" && (body.keys?.includes(key) ?? true));
    if (isGivenOut(drill) && asked.some(({ type }) => readsCopy(type))) throw new LifeboatError("drill-copy-given-out");
    await beginChecks(tx, context, drill, body.keys === undefined ? {} : { keys: body.keys });
    return { keys: body.keys?.join(", ") ?? "all" };
  });
}
