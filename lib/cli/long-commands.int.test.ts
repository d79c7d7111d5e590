import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DrillDetailDto, DrillDto } from "#lib/contracts/drills";
import type { RestoreDetailDto } from "#lib/contracts/restores";
import { systemActor } from "#lib/services/context";
import { drillHand } from "#lib/testing/drill-kit";
import { testServer } from "#lib/testing/postgres";
import { createLive, type Live, markerOf } from "#lib/testing/replaceable";
import { addSource } from "#lib/testing/worker-setup";
import type { Worker } from "#lib/worker/worker";
import { type Installation, startInstallation } from "./web-fixture.ts";

// The commands that take a person's database in hand, to their end: `restore --mode replace` and `drill`, and what a script sees of them.
const server = testServer(15);
let home: Installation;
let live: Live;
let sourceId: string;
let serverId: string;
let worker: Worker;
let backupId: string;
let replacing: string[];

beforeAll(async () => {
  home = await startInstallation();
  live = await createLive(server);
  ({ sourceId, serverId } = await addSource(home.context, server, live.name, { name: "shop", environment: "production" }));
  worker = await home.station.startWorker();
  const { code, out, err } = await home.run("backup", "--source", "shop", "--verify", "--json");
  if (code !== 0) throw new Error(err);
  backupId = (JSON.parse(out) as { backup: { id: string } }).backup.id;
  const answer = await fetch(`${home.baseUrl}/api/v1/servers`, { headers: { authorization: `Bearer ${home.token}` } });
  const { items } = (await answer.json()) as { items: { name: string }[] };
  replacing = ["restore", backupId, "--server", items[0]!.name, "--database", live.name, "--mode", "replace"];
});
afterAll(async () => {
  await worker.stop();
  await home.stop();
  await live.drop();
});

const databases = async () => {
  const rows = await server.admin()<{ datname: string }[]>`select datname from pg_database where starts_with(datname, ${live.name})`;
  return rows.map(({ datname }) => datname).toSorted();
};
/** Newest first. */
const drills = async () => (JSON.parse((await home.run("drill", "list", "--json")).out) as { drills: [DrillDto, ...DrillDto[]] }).drills;
const told = (text: string | RegExp) => (typeof text === "string" ? expect.stringContaining(text) : expect.stringMatching(text)) as unknown;

describe("restore --mode replace", () => {
  it("starts nothing before the name is typed, and production said a second time", async () => {
    expect(await home.run(...replacing)).toMatchObject({ code: 2, out: "", err: told("--confirm") });
    const mistyped = await home.run(...replacing, "--confirm", `${live.name}x`, "--confirm-production", "--json");
    expect(mistyped.code).toBe(5);
    expect(JSON.parse(mistyped.out)).toMatchObject({ error: { code: "confirmation-mismatch", exit: 5 } });
    const once = await home.run(...replacing, "--confirm", live.name);
    expect(once).toMatchObject({ code: 5, out: "", err: told("--confirm-production") });
    const absent = replacing.map((word) => (word === live.name ? `${live.name}_absent` : word));
    const blocked = await home.run(...absent, "--confirm", `${live.name}_absent`, "--json");
    expect(blocked).toMatchObject({ code: 5, err: told("blocked") });
    expect(JSON.parse(blocked.out)).toMatchObject({ error: { code: "target-missing", exit: 5 } });
    expect(await databases()).toEqual([live.name]);
  });

  it("backs up, replaces, compares, and keeps the old database under another name", async () => {
    await live.mark("live");
    const ended = await home.watch(...replacing, "--confirm", live.name, "--confirm-production", "--json");
    expect(ended.code).toBe(0);
    const restore = JSON.parse(ended.out) as RestoreDetailDto;
    expect(restore).toMatchObject({ mode: "replace", outcome: "replaced", comparison: { equal: 2, different: 0 } });
    expect(await markerOf(server, live.name)).toBe("backup");
    const [, kept = ""] = await databases();
    expect(await markerOf(server, kept)).toBe("live");
    expect(restore.replacement).toMatchObject({ answers: "new", keptName: kept, safetyBackupId: told(/^bkp_/) });
    // On a terminal it is seen at work, its safety backup too if that takes a moment, and the line of progress is gone at the end.
    expect(ended.err).toMatch(/(?:^|\u{1b}\[2K)(?:backup|restore)(?:: | {2}waiting for a worker)/mu);
    expect(ended.err).toMatch(/\r\u{1b}\[2K$/u);
  });
});

describe("drill", () => {
  it("goes through to the signed report", async () => {
    const ended = await home.watch("drill", "--source", "shop", "--json");
    expect(ended).toMatchObject({ code: 0, err: told(/drill: (preparing|restoring|validating|closing) /) });
    const drill = JSON.parse(ended.out) as DrillDetailDto;
    expect(drill).toMatchObject({ state: "closed", verdict: "passed", reportId: told(/^rpt_/), sourceName: "shop", problem: null });
    expect(await home.run("drill", "show", drill.id)).toMatchObject({ code: 0, out: told(`${drill.id} of shop: passed`) });
    expect((await home.run("drill", "list", "--source", "shop")).out).toMatch(new RegExp(`^${drill.id} +shop .* closed +passed$`, "m"));
  });

  // On the server itself from here on: no cluster is made for each.
  const content = { key: "content", name: "", mandatory: true, type: "content" as const };
  const target = () => ({ type: "server" as const, serverId });

  it("goes on in Lifeboat after Ctrl-C", async () => {
    await drillHand(home.context).plan(sourceId, { checks: [content], target: target() });
    const running = home.start("drill", "--source", "shop");
    await expect.poll(async () => (await drills()).length, { interval: 50 }).toBe(2);
    running.kill("SIGINT");
    const [{ id }] = await drills();
    expect(await running.ended).toMatchObject({ code: 130, out: "", err: told(`${id} goes on in Lifeboat`) });
    await expect.poll(drills, { timeout: 60_000, interval: 100 }).toMatchObject([{ id, state: "closed", verdict: "passed" }, {}]);
  });

  it("that waits for a person's answer is a failure that says so, and is left to that person", async () => {
    const hand = drillHand({ ...home.context, actor: systemActor });
    const look = { key: "looks-right", name: "", mandatory: true, type: "manual" as const, question: "Does it look right?", hint: "" };
    await hand.plan(sourceId, { checks: [content, look], target: target() });
    const ended = await home.run("drill", "--source", "shop", "--json");
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.out)).toMatchObject({ error: { code: "answers-needed", message: told("does not go on by itself") } });
    const [{ id }] = await drills();
    expect(await home.run("drill", "show", id)).toMatchObject({ code: 0, out: told("validating") });
    const second = await home.run("drill", "--source", "shop", "--json");
    expect(second.code).toBe(1);
    expect(JSON.parse(second.out)).toMatchObject({ error: { code: "drill-open", message: told(id) } });
    await hand.abort(id);
    await hand.until(id, "aborted");
    expect(await home.run("drill", "show", id)).toMatchObject({ code: 1, out: told("aborted") });
    await hand.plan(sourceId, { checks: [content], target: target() });
  });

  it("that cannot begin is over at once, and says why", async () => {
    const hand = drillHand(home.context);
    const smoke = { key: "smoke", name: "", mandatory: true, type: "command" as const, command: "not-declared" };
    await hand.plan(sourceId, { checks: [content, smoke], target: target() });
    const ended = await home.run("drill", "--source", "shop");
    expect(ended).toMatchObject({ code: 1, out: told(/^drl_[0-9a-f]{32} of shop: aborted/), err: told("not-declared") });
    await hand.plan(sourceId, { checks: [content], target: target() });
  });
});

it("a damaged backup replaces nothing, and fails its drill up to the report", async () => {
  await live.mark("live");
  const { backupDir } = home.station;
  const names = readdirSync(backupDir, { recursive: true, encoding: "utf8" });
  const pack = join(backupDir, names.find((name) => name.endsWith(`_${backupId.slice(-8)}.dump.zst`)) ?? "");
  const bytes = readFileSync(pack);
  writeFileSync(pack, bytes.fill(7, 2_000, 3_000));
  const before = await databases();

  const replaced = await home.run(...replacing, "--confirm", live.name, "--confirm-production", "--json");
  expect(replaced).toMatchObject({ code: 1, err: told(`${live.name} is as it was`) });
  expect(JSON.parse(replaced.out)).toMatchObject({ error: { code: told(/^(pack|chain)-/), exit: 1, message: told(/^restore run_/) } });
  expect(await markerOf(server, live.name)).toBe("live");
  expect(await databases()).toEqual(before);

  const drilled = await home.run("drill", "--source", "shop", "--backup", backupId);
  expect(drilled).toMatchObject({ code: 1, out: told(/^drl_[0-9a-f]{32} of shop: failed/), err: told("is damaged: ") });
  expect(drilled.err).not.toContain("does not go on");
});
