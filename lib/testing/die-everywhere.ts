import { expect } from "vitest";
import type { KillGround } from "./kill-ground.ts";
import type { KillKind } from "./kill-kinds.ts";

/**
 * Where to die: right after every call of a port, before those that a query of the catalogue precedes, and at every ninth query.
 * Between two calls without a query in between nothing has changed.
 */
function chosenOf(points: readonly string[]): number[] {
  const seen = new Map<string, number>();
  return points.flatMap((point, at): number[] => {
    const isQuery = point.startsWith("catalogue ");
    const isEffect = / (done|end)$/.test(point) || points[at - 1]?.startsWith("catalogue ") === true;
    const wanted = isQuery ? at % 9 === 0 : isEffect && (seen.get(point) ?? 0) < (point.includes("commit") ? 2 : 1);
    seen.set(point, (seen.get(point) ?? 0) + 1);
    return wanted ? [at] : [];
  });
}

/** A busy machine dies fewer deaths: what is left out is spread over the whole run, and each point has its turn on an idle one. */
const budgetMs = 10_000;
export const fewestDeaths = 6;

/**
 * Rehearses the run, then dies at its points: every fourth first, then those between them, until the time is over. Gives the number
 * of deaths. `from`: the first point to die at. */
export async function dieEverywhere(
  ground: KillGround,
  kind: KillKind,
  mustPass: readonly string[],
  from: string | null = null,
): Promise<number> {
  await ground.workIn(kind.workers);
  await kind.prepare?.();
  let rehearsed = "";
  const { points } = await ground.rehearse(async () => (rehearsed = await kind.start()));
  expect(points).toEqual(expect.arrayContaining([...mustPass]));
  await kind.judge(rehearsed, points);
  const first = from === null ? 0 : points.indexOf(from);
  const chosen = chosenOf(points).filter((at) => at >= first);
  const spread = [0, 2, 1, 3].flatMap((offset) => chosen.filter((_, at) => at % 4 === offset));
  const endMs = performance.now() + budgetMs;
  for (const [at, n] of spread.entries()) {
    if (at >= fewestDeaths && performance.now() > endMs) return at;
    try {
      await kind.judge(await ground.die(n, kind.start), points.slice(0, n));
    } catch (error) {
      throw new Error(`died before point ${n}, ${points[n]}`, { cause: error });
    }
  }
  return spread.length;
}
