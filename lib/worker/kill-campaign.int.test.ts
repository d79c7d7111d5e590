import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { campaignRandom } from "#lib/testing/campaign-random";
import { chainKillKinds } from "#lib/testing/chain-kill-kinds";
import { dieAtRandom, rehearseKind } from "#lib/testing/die-at-random";
import { createKillGround, type KillGround } from "#lib/testing/kill-ground";
import { killKinds } from "#lib/testing/kill-kinds";

// FAULTS.md line 2: kill -9 at random moments. As many as the time allows here; `npm run campaign` dies a thousand deaths.
const deaths = Number(process.env["LIFEBOAT_CAMPAIGN_KILLS"] ?? 200);
const budgetMs = Number(process.env["LIFEBOAT_CAMPAIGN_BUDGET_MS"] ?? 25_000);
const report = process.env["LIFEBOAT_CAMPAIGN_REPORT"];
const random = campaignRandom("kills");
let ground: KillGround;

beforeAll(async () => {
  ground = await createKillGround();
});
afterAll(() => ground.close());

it(
  "is reconciled after kill -9 at random moments of backup, verify, restore, delete and replace",
  { timeout: budgetMs + 320_000 },
  async () => {
    // In the suite, `chain-kills.int.test.ts` dies in what chains are made of.
    const kinds =
      process.env["LIFEBOAT_CAMPAIGN_KILLS"] === undefined ? killKinds(ground) : [...killKinds(ground), ...chainKillKinds(ground)];
    const { died, tallies } = await dieAtRandom(ground, kinds, { deaths, budgetMs, random });
    process.stdout.write(`campaign kills: ${died} deaths of ${deaths}, ${JSON.stringify(tallies)}\n`);
    if (report !== undefined) await writeFile(report, JSON.stringify({ seed: random.seed, wanted: deaths, died, tallies }));
    // A death that always comes too late or too early would prove nothing.
    expect(Object.values(tallies).every((tally) => tally.deaths > 1)).toBe(true);
    expect(Object.values(tallies).some((tally) => tally.failed > 0)).toBe(true);
    for (const kind of kinds) {
      try {
        await rehearseKind(ground, kind);
      } catch (error) {
        throw new Error(`seed ${random.seed}: a ${kind.name} after all deaths`, { cause: error });
      }
    }
  },
);
