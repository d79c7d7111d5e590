import type { Random } from "./campaign-random.ts";
import type { Death, KillGround } from "./kill-ground.ts";
import type { KillKind } from "./kill-kinds.ts";

export type Tally = { deaths: number; succeeded: number; failed: number };

/** How often to die: `deaths` times, fewer when `budgetMs` is over before, but twice in every kind. */
export type DeathOrder = { readonly deaths: number; readonly budgetMs: number; readonly random: Random };

/** Carries a kind out undisturbed and judges it. Gives what its worker passed and how long it took. */
export async function rehearseKind(ground: KillGround, kind: KillKind): Promise<{ points: string[]; ms: number }> {
  await ground.workIn(kind.workers);
  await kind.prepare?.();
  let runId = "";
  const rehearsed = await ground.rehearse(async () => (runId = await kind.start()));
  await kind.judge(runId, null);
  return rehearsed;
}

/** Rehearses every kind, then lets workers die in all of them in turn: half by the clock, half at a point. */
export async function dieAtRandom(
  ground: KillGround,
  kinds: readonly KillKind[],
  { deaths, budgetMs, random }: DeathOrder,
): Promise<{ died: number; tallies: Record<string, Tally> }> {
  const tallies: Record<string, Tally> = {};
  const rehearsals = new Map<string, { points: string[]; ms: number }>();
  for (const kind of kinds) {
    rehearsals.set(kind.name, await rehearseKind(ground, kind));
    tallies[kind.name] = { deaths: 0, succeeded: 0, failed: 0 };
  }
  const endMs = performance.now() + budgetMs;
  let died = 0;
  for (; died < deaths && (died < 2 * kinds.length || performance.now() < endMs); died += 1) {
    // All kinds come up equally often, whatever the time allows.
    const kind = kinds[died % kinds.length]!;
    const { points, ms } = rehearsals.get(kind.name)!;
    // The short moments between two writes are met by points, everything else by the clock.
    const death: Death = random.next() < 0.5 ? { afterMs: Math.round(random.next() * ms * 1.2) } : random.below(points.length);
    await ground.workIn(kind.workers);
    try {
      const runId = await ground.die(death, kind.start);
      await kind.judge(runId, typeof death === "number" ? points.slice(0, death) : null);
      const [row] = await ground.test.catalogue.sql<{ state: string }[]>`select state from lifeboat.runs where id = ${runId}`;
      const tally = tallies[kind.name]!;
      tally.deaths += 1;
      tally[row?.state === "succeeded" ? "succeeded" : "failed"] += 1;
    } catch (error) {
      const where = typeof death === "number" ? `before point ${death}, ${points[death]}` : JSON.stringify(death);
      throw new Error(`seed ${random.seed}, death ${died + 1} in a ${kind.name}: ${where}`, { cause: error });
    }
    if ((died + 1) % 25 === 0) process.stdout.write(`campaign kills: ${died + 1} of ${deaths}\n`);
  }
  return { died, tallies };
}
