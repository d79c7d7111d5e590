import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { campaignRandom } from "#lib/testing/campaign-random";
import { createKillGround, type Death, type KillGround } from "#lib/testing/kill-ground";
import { killKinds } from "#lib/testing/kill-kinds";

// FAULTS.md line 2: kill -9 at random moments. As many as the time allows here; `npm run campaign` dies a thousand deaths.
const deaths = Number(process.env["LIFEBOAT_CAMPAIGN_KILLS"] ?? 200);
const budgetMs = Number(process.env["LIFEBOAT_CAMPAIGN_BUDGET_MS"] ?? 45_000);
const report = process.env["LIFEBOAT_CAMPAIGN_REPORT"];
const random = campaignRandom("kills");
let ground: KillGround;

beforeAll(async () => {
  ground = await createKillGround();
});
afterAll(() => ground.close());

type Tally = { deaths: number; succeeded: number; failed: number };

it(
  "is reconciled after kill -9 at random moments of backup, verify, restore, delete and replace",
  { timeout: budgetMs + 300_000 },
  async () => {
    const kinds = killKinds(ground);
    const tallies: Record<string, Tally> = {};
    const rehearsals = new Map<string, { points: string[]; ms: number }>();
    for (const kind of kinds) {
      await ground.workIn(kind.workers);
      await kind.prepare?.();
      let runId = "";
      rehearsals.set(kind.name, await ground.rehearse(async () => (runId = await kind.start())));
      await kind.judge(runId, null);
      tallies[kind.name] = { deaths: 0, succeeded: 0, failed: 0 };
    }
    const endMs = performance.now() + budgetMs;
    let died = 0;
    for (; died < deaths && (died < 2 * kinds.length || performance.now() < endMs); died += 1) {
      // All kinds come up equally often, whatever the time allows.
      const kind = kinds[died % kinds.length]!;
      const { points, ms } = rehearsals.get(kind.name)!;
      // Half of them by the clock, anywhere; half of them at a point, so that the short moments between two writes are met too.
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
    process.stdout.write(`campaign kills: ${died} deaths of ${deaths}, ${JSON.stringify(tallies)}\n`);
    if (report !== undefined) await writeFile(report, JSON.stringify({ seed: random.seed, wanted: deaths, died, tallies }));
    // A death that always comes too late or too early would prove nothing.
    expect(Object.values(tallies).every((tally) => tally.deaths > 1)).toBe(true);
    expect(Object.values(tallies).some((tally) => tally.failed > 0)).toBe(true);
    for (const kind of kinds) {
      await ground.workIn(kind.workers);
      try {
        let runId = "";
        await ground.rehearse(async () => (runId = await kind.start()));
        await kind.judge(runId, null);
      } catch (error) {
        throw new Error(`seed ${random.seed}: a ${kind.name} after all deaths`, { cause: error });
      }
    }
  },
);
