import type * as contract from "#lib/contracts/drill-history";
import type { DrillDetailDto } from "#lib/contracts/drills";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { authorise } from "../../authorise.ts";
import type { ServiceContext } from "../../context.ts";
import { loadDrillDetail } from "../detail.ts";

type Comparison = EndpointOutput<typeof contract.compareDrills>;

/** Two drills beside each other. Checks meet by their key, which stays when one is renamed; those of the left one come first. Throws `not-found`. */
export async function compareDrills(context: ServiceContext, { query }: EndpointInput<typeof contract.compareDrills>): Promise<Comparison> {
  authorise(context, "drills:read");
  const now = context.now();
  const left = await loadDrillDetail(context.db, query.left, now);
  const right = await loadDrillDetail(context.db, query.right, now);
  return { left: sideOf(left), right: sideOf(right), checks: pairChecks(left, right) };
}

function sideOf(drill: DrillDetailDto): Comparison["left"] {
  return { drill, clock: drill.clock, backup: drill.backup };
}

function pairChecks(left: DrillDetailDto, right: DrillDetailDto): Comparison["checks"] {
  const ofRight = new Map(right.checks.map((check) => [check.key, check]));
  const ofLeft = new Set(left.checks.map(({ key }) => key));
  const both = left.checks.map((check) => ({ left: check, right: ofRight.get(check.key) ?? null }));
  const onlyRight = right.checks.filter(({ key }) => !ofLeft.has(key)).map((check) => ({ left: null, right: check }));
  return [...both, ...onlyRight].map((pair) => {
    const { key, type, name } = pair.left ?? pair.right;
    return { key, type, name, left: pair.left, right: pair.right };
  });
}
