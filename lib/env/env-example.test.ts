import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readEnv } from "./env.ts";

const example = readFileSync(new URL("../../.env.example", import.meta.url), "utf8");
const source = readFileSync(new URL("env.ts", import.meta.url), "utf8");
const assignments = [...example.matchAll(/^# ([A-Z][A-Z_]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value] as const);

test(".env.example names every variable exactly once, and none that does not exist", () => {
  const known = new Set([...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name));
  expect(known.size).toBeGreaterThan(20);
  expect(assignments).toHaveLength(known.size);
  expect(new Set(assignments.map(([name]) => name))).toEqual(known);
});

test("every variable has its explanation above it", () => {
  for (const block of example.split("\n\n").slice(1)) {
    expect(block.split("\n").some((line) => line.startsWith("# ") && !/^# [A-Z_]+=/.test(line) && !line.startsWith("# ──"))).toBe(true);
  }
});

test("the example's values are valid as they stand, and its defaults are the true ones", () => {
  const given = Object.fromEntries(assignments.filter(([name]) => !name.startsWith("LIFEBOAT_ADMIN")));
  const fromExample = readEnv(given, true);
  const defaults = readEnv({}, true);
  const same = ["port", "host", "dataDir", "workerGroup", "logLevel", "disableAutoBackup", "leaseMs", "heartbeatMs", "sweepMs"] as const;
  for (const key of [...same, "progressMs", "lockWaitMs", "stallMs"] as const)
    expect([key, fromExample[key]]).toEqual([key, defaults[key]]);
});
