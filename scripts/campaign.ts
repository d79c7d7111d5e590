import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/**
 * The full campaigns, which the suite runs only as far as its time allows: `npm run campaign -- [--kills 1000] [--seed N] [--only kills]`.
 * Everything that is by chance comes from the seed, which is printed: the same seed dies the same deaths.
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000_000)) },
    only: { type: "string", default: "damage,kills,sqlite" },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "lifeboat-campaign-"));
const report = join(folder, "kills.json");
const files = {
  damage: ["lib/supervisor/damage-campaign.int.test.ts", "lib/worker/damage-campaign.int.test.ts"],
  kills: ["lib/worker/kill-campaign.int.test.ts"],
  sqlite: ["lib/worker/sqlite.int.test.ts"],
};
type Campaign = keyof typeof files;
const names = values.only.split(",");
const unknown = names.find((name) => !(name in files));
if (unknown !== undefined || !/^\d+$/.test(values.kills) || !/^\d+$/.test(values.seed)) {
  console.error(`Unknown: ${unknown ?? "a number"}. There are --kills <number>, --seed <number> and --only damage,kills,sqlite.`);
  process.exit(2);
}

async function run(name: Campaign): Promise<boolean> {
  const env = {
    ...process.env,
    LIFEBOAT_CAMPAIGN_SEED: values.seed,
    LIFEBOAT_CAMPAIGN_KILLS: values.kills,
    LIFEBOAT_CAMPAIGN_BUDGET_MS: String(24 * 3_600_000),
    LIFEBOAT_CAMPAIGN_REPORT: report,
    LIFEBOAT_CAMPAIGN_SQLITE_MB: "1000",
  };
  const vitest = ["scripts/node24.mjs", "vitest", "run", ...files[name]];
  const child = spawn(process.execPath, vitest, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
  const [code] = (await once(child, "exit")) as [number | null];
  return code === 0;
}

console.log(`campaign: seed ${values.seed}, ${values.kills} kills; repeat it with --seed ${values.seed}`);
const lines: string[] = [];
let isGood = true;
for (const name of names as Campaign[]) {
  const startedMs = performance.now();
  const passed = await run(name);
  isGood &&= passed;
  lines.push(`${name.padEnd(10)} ${passed ? "passed" : "FAILED"}   ${Math.round((performance.now() - startedMs) / 1000)} s`);
  if (name === "kills" && existsSync(report)) {
    const told = JSON.parse(readFileSync(report, "utf8")) as { died: number; tallies: Record<string, Record<string, number>> };
    for (const [kind, tally] of Object.entries(told.tallies)) {
      lines.push(`  ${kind.padEnd(10)} ${tally["deaths"]} deaths: ${tally["succeeded"]} runs done before, ${tally["failed"]} taken over`);
    }
  }
}
rmSync(folder, { recursive: true, force: true });
console.log(`\nseed ${values.seed}\n${lines.join("\n")}`);
process.exit(isGood ? 0 : 1);
