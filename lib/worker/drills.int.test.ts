import { and, eq, notInArray } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { backupTables } from "#lib/db/schema/backup-tables";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drills } from "#lib/db/schema/drills";
import { packs } from "#lib/db/schema/packs";
import { sources } from "#lib/db/schema/sources";
import { validations } from "#lib/db/schema/validations";
import { users } from "#lib/db/schema/users";
import { deleteBackup } from "#lib/services/backups/remove";
import { browseDrill } from "#lib/services/drills/browse";
import { connectDrill } from "#lib/services/drills/connect";
import { loadDrillFacts } from "#lib/services/drills/plan-facts";
import { queryDrill } from "#lib/services/drills/query";
import { getDrillReport } from "#lib/services/reports/get";
import { systemActor } from "#lib/services/context";
import { handOverDrill } from "#lib/services/drills/hand-over";
import { refuseOpenDrillOn } from "#lib/services/drills/refuse-open";
import { deleteSource } from "#lib/services/sources/remove";
import { createChainKit, type ChainKit } from "#lib/testing/chain-kit";
import { testActor } from "#lib/testing/context";
import { drillDatabases, drillHand, type DrillHand, failuresOf, verdictsOf } from "#lib/testing/drill-kit";
import { holdLoads } from "#lib/testing/hold-loads";
import { testServer } from "#lib/testing/postgres";
import { loadRun, untilStep } from "#lib/testing/worker-setup";

describe("a drill", () => {
  const server = testServer(15);
  let kit: ChainKit;
  let hand: DrillHand;
  let backupId: string;
  const { hold, change } = holdLoads();
  const db = () => kit.test.catalogue.db;

  beforeAll(async () => {
    kit = await createChainKit(server, change);
    hand = drillHand(kit.context);
    await kit.database.sql`create table pets (id int primary key, name text)`;
    await kit.database.sql`create table toys as select i as id, md5(i::text) as label from generate_series(1, 10000) i`;
    await kit.database.sql`insert into pets select i, md5(i::text) from generate_series(1, 500) i`;
    const { id, name, role } = kit.context.actor as { id: string; name: string; role: "admin" };
    const now = new Date();
    await db().insert(users).values({ id, name, role, email: "test@example.org", createdAt: now, updatedAt: now });
  });

  afterAll(() => kit.close());

  // One that failed half-way is not in the way of the next.
  afterEach(async () => {
    const open = await db()
      .select({ id: drills.id, state: drills.state })
      .from(drills)
      .where(notInArray(drills.state, ["closed", "aborted"]));
    for (const { id, state } of open) {
      if (state !== "aborting") await drillHand({ ...kit.context, actor: systemActor }).abort(id);
      await hand.until(id, "aborted");
    }
  });

  it("is led through prepare, restore, validate and close, and ends with a report and a proof", async () => {
    await kit.backUp("full");
    await kit.database.sql`insert into pets values (501, 'late')`;
    backupId = await kit.backUp("incremental");
    const { id } = await hand.start({ sourceId: kit.sourceId, target: { type: "sandbox" } });
    const prepared = await hand.until(id, "prepared");
    expect(prepared.backup).toMatchObject({ id: backupId, kind: "incremental", tables: 2, rows: 10_501 });
    expect(prepared.backup?.chain.map(({ kind }) => kind)).toEqual(["full", "incremental"]);
    expect(prepared.target?.name).toMatch(/_drill_\d{8}_[0-9a-f]{6}$/);
    expect(prepared.preflight?.items.filter(({ state }) => state === "blocked")).toEqual([]);
    expect(prepared.clock.startedAt).toBe(null);

    const whole = { query: { dependents: "refuse" as const, when: "now" as const }, ifMatch: 1, params: { id: backupId }, body: {} };
    await expect(deleteBackup(kit.context, whole)).rejects.toMatchObject({ code: "drill-open", params: { drillId: id } });

    await hand.restore(id);
    const checked = await hand.untilChecked(id);
    expect(verdictsOf(checked)).toMatchObject({ "stream-checksum": "passed", "tables-present": "passed", content: "passed" });
    expect(failuresOf(checked)).toEqual([]);
    expect(checked.bestVerdict).toBe("passed");
    expect(checked.clock.stoppedAt).not.toBe(null);
    const ask = { query: {}, ifMatch: null, params: { id } } as const;
    const counted = await queryDrill(kit.context, { ...ask, body: { sql: "select count(*) from pets" } });
    expect(counted).toMatchObject({ columns: ["count"], rows: [["501"]], truncated: false });
    await expect(queryDrill(kit.context, { ...ask, body: { sql: "delete from pets" } })).rejects.toMatchObject({ code: "query-refused" });
    const { tables } = await browseDrill(kit.context, { ...ask, body: { offset: 0 } });
    expect(tables.map(({ table }) => table).toSorted()).toEqual(["pets", "toys"]);
    const page = await browseDrill(kit.context, { ...ask, body: { table: { schema: "public", table: "pets" }, offset: 500 } });
    expect(page).toMatchObject({ columns: ["id", "name"], rows: [["501", "late"]], hasMore: false });
    const { url, readOnlyUrl } = await connectDrill(kit.context, { ...ask, body: {} });
    // Whoever has the address may mend what was found: what reads the copy is not run on it again.
    await expect(hand.check(id, ["content"])).rejects.toMatchObject({ code: "drill-copy-given-out" });
    await expect(hand.check(id)).rejects.toMatchObject({ code: "drill-copy-given-out" });
    const application = postgres(url, { max: 1, onnotice: () => undefined });
    await application`insert into toys values (0, 'by the application')`;
    await application.end();
    const onlooker = postgres(readOnlyUrl, { max: 1, onnotice: () => undefined });
    expect(await onlooker`select label from toys where id = 0`).toEqual([{ label: "by the application" }]);
    await expect(onlooker`delete from toys`).rejects.toThrow(/permission denied|read-only/);
    await onlooker.end();

    await hand.close(id, "passed", { improvement: "write down who has the keys" });
    const closed = await hand.until(id, "closed");
    expect(closed).toMatchObject({ verdict: "passed", incidentId: null, problem: null });
    expect(closed.reportId).not.toBe(null);
    expect(closed.cleanUp).toMatchObject({ databases: 0, processes: 0, folders: 0, files: 0 });
    expect(closed.events.map(({ code }) => code)).toEqual([
      "started",
      "backup-chosen",
      "prepared",
      "restore-started",
      "restored",
      "checks-started",
      "checks-finished",
      "looked-at",
      "looked-at",
      "closing",
      "closed",
    ]);
    const { signed } = await getDrillReport(kit.context, { params: { id } });
    expect(signed.report.tools.map(({ name }) => name)).toEqual(expect.arrayContaining(["pg_dump", "pg_restore", "pg_dump (checks)"]));
    expect(await drillDatabases(server.admin(), kit.database.name)).toEqual([]);
    const proofs = await db().select().from(validations).where(eq(validations.level, "proven"));
    expect(proofs).toMatchObject([{ backupId, verdict: "passed" }]);
    const [plan] = await db().select().from(drillPlans);
    expect(plan?.nextDueAt.toISOString()).toBe(closed.nextDueAt);
  });

  it("is done by two people: only the operator acts, anybody may take it over, and the second to sign is told of the first", async () => {
    const manual = {
      key: "looks-right",
      name: "",
      mandatory: true,
      type: "manual" as const,
      question: "Does the shop look right?",
      hint: "",
    };
    const plan = await hand.plan(kit.sourceId, {
      checks: [
        { key: "content", name: "", mandatory: true, type: "content" },
        manual,
        { key: "recovery-time", name: "", mandatory: true, type: "recovery-time" },
      ],
    });
    expect(plan).toMatchObject({ proposed: false, due: "ok" });
    const { id } = await hand.start({ sourceId: kit.sourceId, backupId, target: { type: "server", serverId: kit.serverId } });
    await expect(hand.start({ sourceId: kit.sourceId })).rejects.toMatchObject({ code: "drill-open", params: { drillId: id } });
    await hand.until(id, "prepared");

    const second = { ...testActor(), name: "Second Admin" };
    const now = new Date();
    await db()
      .insert(users)
      .values({ id: second.id ?? "", name: second.name, role: "admin", email: "second@example.org", createdAt: now, updatedAt: now });
    const other = { ...kit.context, actor: second };
    const otherHand = drillHand(other);
    await expect(otherHand.restore(id)).rejects.toMatchObject({ code: "drill-not-operator" });
    const take = { query: {}, ifMatch: null, params: { id } } as const;
    await expect(handOverDrill(other, { ...take, body: { userId: kit.context.actor.id ?? "", note: "" } })).rejects.toMatchObject({
      code: "drill-not-operator",
    });
    expect(await handOverDrill(other, { ...take, body: { userId: second.id ?? "", note: "holiday" } })).toMatchObject({
      operatorName: "Second Admin",
    });
    await expect(hand.restore(id)).rejects.toMatchObject({ code: "drill-not-operator" });

    // Paused while it restores: what runs comes to its end, and nothing follows.
    await otherHand.restore(id);
    await otherHand.pause(id);
    const paused = await otherHand.until(id, "validating");
    expect(paused.runs.map(({ type }) => type)).toEqual(["drill-prepare", "drill-restore"]);
    await expect(otherHand.check(id)).rejects.toMatchObject({ code: "drill-paused" });
    await expect(otherHand.answer(id, "looks-right", "passed")).rejects.toMatchObject({ code: "drill-paused" });
    await expect(connectDrill(other, { ...take, body: {} })).rejects.toMatchObject({ code: "drill-checks-first", params: { count: 1 } });
    await otherHand.resume(id);
    const checked = await otherHand.untilChecked(id);
    expect(checked.clock.pausedMs).toBeGreaterThan(0);
    expect(checked.clock.stoppedAt).toBe(null);
    expect(verdictsOf(checked)).toEqual({ content: "passed", "looks-right": "pending", "recovery-time": "pending" });
    expect(checked).toMatchObject({ bestVerdict: null, verdictReasons: [{ code: "check-pending" }] });

    await otherHand.answer(id, "looks-right", "failed", "the logo is missing");
    const answered = await otherHand.answer(id, "looks-right", "passed", "it came with the next reload");
    expect(answered.checks.find(({ key }) => key === "looks-right")).toMatchObject({
      decidedBy: "Second Admin",
      note: "it came with the next reload",
      attempts: [{ state: "failed", by: "Second Admin" }],
    });
    expect(verdictsOf(answered)["recovery-time"]).toBe("passed");
    expect(answered.clock.elapsedMs ?? 0).toBeGreaterThanOrEqual(answered.clock.pausedMs);

    await otherHand.check(id, ["content"]);
    const again = await otherHand.untilChecked(id);
    expect(again.checks.find(({ key }) => key === "content")).toMatchObject({ state: "passed", attempts: [{ state: "passed" }] });

    const findings = [{ text: "nobody knew the password", action: "put it into the safe" }];
    await expect(otherHand.close(id, "passed", { findings })).rejects.toMatchObject({
      code: "drill-verdict-too-good",
      params: { best: "passed-with-findings" },
    });
    await expect(otherHand.close(id, "passed", { signedName: "Somebody Else" })).rejects.toMatchObject({ code: "drill-name-mismatch" });
    await expect(otherHand.close(id, "passed", { version: again.version - 1 })).rejects.toMatchObject({ code: "version-conflict" });
    const token = drillHand({ ...other, actor: { ...second, type: "token" as const } });
    await expect(token.close(id, "failed", { findings })).rejects.toMatchObject({ code: "drill-sign-person" });
    const whole = { query: { backups: "keep" as const, when: "trash" as const }, params: { id: kit.sourceId }, body: {} };
    const [source] = await db().select().from(sources).where(eq(sources.id, kit.sourceId));
    await expect(deleteSource(kit.context, { ...whole, ifMatch: source?.version ?? 0 })).rejects.toMatchObject({ code: "drill-open" });
    await expect(db().transaction((tx) => refuseOpenDrillOn(tx, kit.serverId))).rejects.toMatchObject({ code: "drill-open" });
    await otherHand.close(id, "failed", { findings, version: again.version });
    await expect(otherHand.close(id, "passed", { version: again.version })).rejects.toMatchObject({ code: "version-conflict" });
    const closed = await hand.until(id, "closed");
    expect(closed).toMatchObject({ verdict: "failed", signOff: { name: "Second Admin", userId: second.id } });
    expect(closed.incidentId).not.toBe(null);
    // Nothing was proven: the next one is due within a week.
    expect(Date.parse(closed.nextDueAt ?? "") - Date.parse(closed.closedAt ?? "")).toBeLessThanOrEqual(7 * 86_400_000);
    expect(await drillDatabases(server.admin(), kit.database.name)).toEqual([]);
  });

  it("is aborted while it restores, and leaves nothing; what is not over keeps its backup", async () => {
    const { id } = await hand.start({ sourceId: kit.sourceId, target: { type: "server", serverId: kit.serverId } });
    await hand.until(id, "prepared");
    hold.isOn = true;
    const { activeRunId } = await hand.restore(id);
    await untilStep(db(), activeRunId ?? "", "load");
    await hand.abort(id);
    const aborted = await hand.until(id, "aborted");
    hold.isOn = false;
    expect(aborted).toMatchObject({ verdict: null, reportId: null, cleanUp: { databases: 0, folders: 0 }, phase: "restore" });
    expect(await drillDatabases(server.admin(), kit.database.name)).toEqual([]);
    expect((await loadRun(db(), activeRunId ?? "")).state).not.toBe("failed");
  });

  it("starts by itself when its plan says so and it is due, and closes itself", async () => {
    const { due } = await hand.plan(kit.sourceId, {
      unattended: true,
      nextDueAt: new Date(Date.now() - 60_000).toISOString(),
      target: { type: "server", serverId: kit.serverId },
      checks: [{ key: "content", name: "", mandatory: true, type: "content" }],
    });
    expect(due).toBe("due");
    await expect.poll(async () => (await db().select().from(drills).where(eq(drills.trigger, "schedule"))).length).toBe(1);
    const [row] = await db().select().from(drills).where(eq(drills.trigger, "schedule"));
    const closed = await hand.until(row?.id ?? "", "closed");
    expect(closed).toMatchObject({
      verdict: "passed",
      unattended: true,
      operatorName: "Lifeboat",
      signOff: { name: "Lifeboat", userId: null },
    });
    expect(closed.reportId).not.toBe(null);
    expect(Date.parse(closed.nextDueAt ?? "")).toBeGreaterThan(Date.now());
  });

  it("fails at the recovery time when the objective was too short, and at nothing else", async () => {
    await hand.plan(kit.sourceId, {
      unattended: false,
      recoveryTimeSeconds: 60,
      checks: [
        { key: "content", name: "", mandatory: true, type: "content" },
        { key: "recovery-time", name: "", mandatory: true, type: "recovery-time" },
      ],
    });
    const { id } = await hand.start({ sourceId: kit.sourceId, target: { type: "server", serverId: kit.serverId } });
    await hand.until(id, "prepared");
    await hand.restore(id);
    // As if it had taken two minutes longer.
    await db()
      .update(drills)
      .set({ clockStartedAt: new Date(Date.now() - 120_000) })
      .where(eq(drills.id, id));
    const checked = await hand.untilChecked(id);
    expect(verdictsOf(checked)).toEqual({ content: "passed", "recovery-time": "failed" });
    expect(checked.checks.find(({ state }) => state === "failed")?.reason).toMatchObject({ code: "objective-missed" });
    expect(checked.bestVerdict).toBe("failed");
    await hand.abort(id);
    await hand.until(id, "aborted");
  });

  it("proves nothing where the contents differ, though the plan calls their comparison advisory and the drill passes with findings", async () => {
    await hand.plan(kit.sourceId, {
      checks: [
        { key: "content", name: "", mandatory: false, type: "content" },
        { key: "one", name: "One", mandatory: true, type: "sql", sql: "select 1", expect: { type: "value", comparison: "=", value: "1" } },
      ],
    });
    const provenAt = async () => (await loadDrillFacts(db(), [kit.sourceId], new Date())).get(kit.sourceId)?.lastProvenAt ?? null;
    const before = await provenAt();
    const pets = and(eq(backupTables.backupId, backupId), eq(backupTables.table, "pets"));
    const [recorded] = await db().select({ sha256: backupTables.sha256 }).from(backupTables).where(pets);
    await db()
      .update(backupTables)
      .set({ sha256: "1".repeat(64) })
      .where(pets);
    const { id } = await hand.start({ sourceId: kit.sourceId, backupId, target: { type: "sandbox" } });
    await hand.until(id, "prepared");
    await hand.restore(id);
    expect(verdictsOf(await hand.untilChecked(id))).toEqual({ content: "failed", one: "passed" });
    await hand.close(id, "passed-with-findings");
    expect((await hand.until(id, "closed")).verdict).toBe("passed-with-findings");
    await db().update(backupTables).set(recorded!).where(pets);
    expect(await provenAt()).toEqual(before);
  });

  it("says beforehand what would make it meaningless, and does not begin then", async () => {
    await hand.plan(kit.sourceId, {
      recoveryTimeSeconds: null,
      checks: [
        { key: "roles", name: "", mandatory: true, type: "roles" },
        { key: "smoke", name: "", mandatory: true, type: "command", command: "test-smoke" },
      ],
    });
    const { id } = await hand.start({ sourceId: kit.sourceId, target: { type: "server", serverId: kit.serverId } });
    const { preflight } = await hand.until(id, "prepared");
    const found = preflight?.items
      .filter(({ state }) => state !== "good")
      .map(({ code, state, reason }) => `${code} ${state} ${reason?.code}`);
    expect(found?.toSorted()).toEqual([
      "backup warning backup-not-verified",
      "hooks blocked hook-unknown",
      "objectives warning objective-missing",
    ]);
    await expect(hand.restore(id)).rejects.toMatchObject({ code: "drill-blocked", params: { code: "hook-unknown" } });
    // What nobody attends does not wait for anybody: it ends, and an incident says why.
    await hand.abort(id);
    await hand.until(id, "aborted");
    const alone = await hand.start({ sourceId: kit.sourceId, unattended: true, target: { type: "server", serverId: kit.serverId } });
    const ended = await hand.until(alone.id, "aborted");
    expect(ended).toMatchObject({ problem: { code: "hook-unknown" }, reportId: null });
    expect(ended.incidentId).not.toBe(null);
  });

  it("says beforehand that a backup without digests has no contents to compare", async () => {
    await hand.plan(kit.sourceId, {
      unattended: false,
      checks: [
        { key: "roles", name: "", mandatory: true, type: "roles" },
        { key: "content", name: "", mandatory: true, type: "content" },
      ],
    });
    const ofBackup = eq(backupTables.backupId, backupId);
    const recorded = await db().select().from(backupTables).where(ofBackup);
    await db()
      .update(backupTables)
      .set({ sha256: "0".repeat(64) })
      .where(ofBackup);
    const { id } = await hand.start({ sourceId: kit.sourceId, backupId, target: { type: "server", serverId: kit.serverId } });
    const { preflight, checks } = await hand.until(id, "prepared");
    expect(checks.map(({ key, state }) => [key, state])).toEqual([
      ["roles", "pending"],
      ["content", "not-applicable"],
    ]);
    expect(preflight?.items.find(({ code }) => code === "checks")).toMatchObject({
      state: "blocked",
      reason: { code: "check-no-content" },
    });
    await db().delete(backupTables).where(ofBackup);
    await db().insert(backupTables).values(recorded);
  });

  it("fails at the stream's checksum when a pack is cut short, and an incident says so", async () => {
    await hand.plan(kit.sourceId, {
      unattended: false,
      checks: [
        { key: "stream-checksum", name: "", mandatory: true, type: "stream-checksum" },
        { key: "content", name: "", mandatory: true, type: "content" },
      ],
    });
    const [pack] = await db().select().from(packs).where(eq(packs.backupId, backupId));
    const path = join(kit.station.backupDir, pack?.key ?? "");
    await truncate(path, (pack?.bytes ?? 0) - 10);
    const { id } = await hand.start({ sourceId: kit.sourceId, backupId, target: { type: "server", serverId: kit.serverId } });
    const prepared = await hand.until(id, "prepared");
    expect(prepared.preflight?.items.find(({ code }) => code === "packs")).toMatchObject({
      state: "warning",
      reason: { code: "pack-truncated" },
    });
    for (const attempt of [1, 2]) {
      await hand.restore(id);
      const failed = await hand.until(id, "restore-failed");
      expect(failed.problem, `attempt ${attempt}`).toMatchObject({ code: "pack-truncated" });
      expect(failed.bestVerdict).toBe("failed");
    }
    await hand.close(id, "failed");
    const closed = await hand.until(id, "closed");
    expect(closed.checks.filter(({ state }) => state === "failed").map(({ type }) => type)).toEqual(["stream-checksum"]);
    expect(closed.incidentId).not.toBe(null);
    const looks = await db().select().from(validations).where(eq(validations.backupId, backupId)).orderBy(validations.at);
    expect(looks.at(-1)).toMatchObject({ level: "proven", verdict: "failed" });
  });
});
