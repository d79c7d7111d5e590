import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IncidentDetailDto } from "#lib/contracts/incidents";
import { auditEvents } from "#lib/db/schema/audit-events";
import { incidents } from "#lib/db/schema/incidents";
import { users } from "#lib/db/schema/users";
import { incidentChecklist } from "#lib/domain/incident-state";
import { insertRun, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { addIncidentNote } from "./add-note.ts";
import { closeIncident } from "./close.ts";
import { getIncident } from "./get.ts";
import { linkIncidentRun } from "./link-run.ts";
import { listIncidents } from "./list.ts";
import { openAfterFailures } from "./open-after-failures.ts";
import { openIncidentBySystem } from "./open-by-system.ts";
import { openIncident } from "./open.ts";
import { reopenIncident } from "./reopen.ts";
import { setIncidentItem } from "./set-item.ts";
import { updateIncident } from "./update.ts";

let home: TestCatalogue;
let context: TestContext;
let serverId: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  serverId = await insertServer(context.db);
});
afterAll(() => home.drop());

const on = ({ id, version }: Pick<IncidentDetailDto, "id" | "version">) => ({ params: { id }, query: {}, ifMatch: version });
const byHand = (body: Partial<Parameters<typeof openIncident>[1]["body"]> = {}) =>
  openIncident(context, {
    params: {},
    query: {},
    ifMatch: null,
    body: { title: "The shop is down", severity: "high", note: "", ...body },
  });
const shop = (change: Parameters<typeof insertSource>[2] = {}) =>
  insertSource(context.db, serverId, { incidentAfterFailures: 2, ...change });
const actionsOn = async (id: string) =>
  (await context.db.select().from(auditEvents).where(eq(auditEvents.targetId, id)).orderBy(auditEvents.at)).map(({ action }) => action);

/** Ends one more backup of the source, as the worker and the sweep do. */
async function backup(sourceId: string, state: "succeeded" | "failed" | "cancelled") {
  const runId = await insertRun(context.db, { sourceId, state, finishedAt: new Date() });
  const run = { id: runId, type: "backup", sourceId } as const;
  return { runId, opened: state === "failed" ? await context.db.transaction((tx) => openAfterFailures(tx, context, run)) : null };
}

describe("backups that fail in a row", () => {
  it("open an incident with the last of them, and join it when they go on failing", async () => {
    const sourceId = await shop({ name: "Orders", environment: "production" });
    const first = await backup(sourceId, "failed");
    expect(first.opened).toBeNull();
    await backup(sourceId, "cancelled");
    const second = await backup(sourceId, "failed");
    const third = await backup(sourceId, "failed");
    const fourth = await backup(sourceId, "failed");
    const id = second.opened?.id ?? "";
    expect([second.opened, third.opened, fourth.opened]).toEqual([
      { id, joined: false },
      { id, joined: true },
      { id, joined: true },
    ]);
    const found = await getIncident(context, { params: { id }, query: {}, body: {}, ifMatch: null });
    expect(found).toMatchObject({
      kind: "backup-failed",
      severity: "high",
      sourceName: "Orders",
      titleIsOwn: false,
      openItems: 5,
      version: 3,
    });
    expect(found.runs.map((run) => run.id)).toEqual([first.runId, second.runId, third.runId, fourth.runId]);
    // The same again is one line that counts, so that a month of failures does not bury what people wrote.
    expect(found.timeline.map(({ code, params }) => [code, params["count"], params["runId"]])).toEqual([
      ["opened", undefined, undefined],
      ["again", 2, fourth.runId],
    ]);
    expect(await actionsOn(id)).toEqual(["incident.open", "incident.again", "incident.again"]);
  });

  it("are counted anew after a good one", async () => {
    const sourceId = await shop();
    const ends = ["failed", "succeeded", "failed", "succeeded", "failed"] as const;
    for (const end of ends) expect((await backup(sourceId, end)).opened).toBeNull();
    expect((await backup(sourceId, "failed")).opened).toMatchObject({ joined: false });
  });

  it("open nothing where the source says never, is the sample, or the run is no backup", async () => {
    const silent = await Promise.all([shop({ incidentAfterFailures: null }), shop({ isSample: true }), shop({ removedAt: new Date() })]);
    for (const sourceId of silent) {
      await backup(sourceId, "failed");
      expect((await backup(sourceId, "failed")).opened).toBeNull();
    }
    const verified = await shop({ incidentAfterFailures: 1 });
    const runId = await insertRun(context.db, { sourceId: verified, type: "verify", state: "failed" });
    expect(
      await context.db.transaction((tx) => openAfterFailures(tx, context, { id: runId, type: "verify", sourceId: verified })),
    ).toBeNull();
  });

  it("open one incident, however many failures are recorded at once", async () => {
    const sourceId = await shop();
    const request = {
      kind: "drill-failed",
      sourceId,
      drillId: newId("drill"),
      runIds: [],
      title: "Drill failed",
      severity: "high",
    } as const;
    const opened = await Promise.all(
      Array.from({ length: 6 }, () => context.db.transaction((tx) => openIncidentBySystem(tx, context, request))),
    );
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(opened.filter(({ joined }) => !joined)).toHaveLength(1);
  });
});

describe("an incident", () => {
  it("is closed only when every item is confirmed, or waived with a reason, and can be opened again", async () => {
    let incident = await byHand();
    await expect(closeIncident(context, { ...on(incident), body: { note: "" } })).rejects.toMatchObject({
      code: "incident-items-open",
      params: { count: 5 },
    });
    await expect(
      setIncidentItem(context, { ...on(incident), body: { item: "root-cause", state: "confirmed", note: "" } }),
    ).rejects.toMatchObject({ code: "incident-no-cause" });
    incident = await updateIncident(context, { ...on(incident), body: { rootCause: "A full disk", severity: "critical" } });
    for (const item of incidentChecklist) {
      const state = item === "service-working" ? ("waived" as const) : ("confirmed" as const);
      incident = await setIncidentItem(context, {
        ...on(incident),
        body: { item, state, note: state === "waived" ? "no service uses it" : "" },
      });
    }
    expect(incident.checklist.find(({ item }) => item === "service-working")).toMatchObject({
      state: "waived",
      note: "no service uses it",
      byName: context.actor.name,
    });
    const closed = await closeIncident(context, { ...on(incident), body: { note: "done" } });
    expect(closed).toMatchObject({ state: "closed", openItems: 0, closedByName: context.actor.name });
    await expect(addIncidentNote(context, { ...on(closed), ifMatch: null, body: { text: "late" } })).rejects.toMatchObject({
      code: "incident-state",
      params: { state: "closed" },
    });
    const again = await reopenIncident(context, { ...on(closed), body: { note: "it came back" } });
    expect(again).toMatchObject({ state: "open", closedAt: null, openItems: 0 });
    expect(again.timeline.map(({ code }) => code)).toEqual([
      "opened",
      "severity",
      "root-cause",
      ...incidentChecklist.map(() => "item"),
      "closed",
      "reopened",
    ]);
    expect((await actionsOn(closed.id)).slice(-2)).toEqual(["incident.close", "incident.reopen"]);
  });

  it("is not closed with a confirmed root cause that was taken away again", async () => {
    let incident = await updateIncident(context, { ...on(await byHand()), body: { rootCause: "A full disk" } });
    for (const item of incidentChecklist) {
      incident = await setIncidentItem(context, { ...on(incident), body: { item, state: "confirmed", note: "" } });
    }
    const cleared = await updateIncident(context, { ...on(incident), body: { rootCause: "" } });
    expect(cleared).toMatchObject({ rootCause: "", openItems: 1 });
    expect(cleared.timeline.slice(-2)).toMatchObject([
      { code: "root-cause" },
      { code: "item", params: { item: "root-cause", state: "open" } },
    ]);
    await expect(closeIncident(context, { ...on(cleared), body: { note: "" } })).rejects.toMatchObject({ code: "incident-items-open" });
    // As an older version may have left one.
    await context.db.update(incidents).set({ checklist: incident.checklist }).where(eq(incidents.id, incident.id));
    await expect(closeIncident(context, { ...on(cleared), body: { note: "" } })).rejects.toMatchObject({ code: "incident-no-cause" });
  });

  it("asks again for what a new failure contradicts, and of everybody who has not seen it", async () => {
    const sourceId = await shop();
    const request = {
      kind: "drill-failed",
      sourceId,
      drillId: newId("drill"),
      runIds: [],
      title: "Drill failed",
      severity: "high",
    } as const;
    const fail = () => context.db.transaction((tx) => openIncidentBySystem(tx, context, request));
    const { id } = await fail();
    let incident = await getIncident(context, { params: { id }, query: {}, body: {}, ifMatch: null });
    incident = await updateIncident(context, { ...on(incident), body: { rootCause: "A full disk" } });
    for (const item of incidentChecklist) {
      incident = await setIncidentItem(context, { ...on(incident), body: { item, state: "confirmed", note: "" } });
    }
    await fail();
    await expect(closeIncident(context, { ...on(incident), body: { note: "" } })).rejects.toMatchObject({ code: "version-conflict" });
    const after = await getIncident(context, { params: { id }, query: {}, body: {}, ifMatch: null });
    expect(after.checklist.filter(({ state }) => state === "open").map(({ item }) => item)).toEqual([
      "backup-reachable",
      "restore-tested",
      "integrity-checked",
    ]);
    expect(after.timeline.slice(-4).map(({ code }) => code)).toEqual(["item", "item", "item", "again"]);
    await fail();
    const twice = await getIncident(context, { params: { id }, query: {}, body: {}, ifMatch: null });
    expect(twice.timeline).toHaveLength(after.timeline.length);
    expect(twice.version).toBe(after.version + 1);
  });

  it("is not changed by who looked at an older version, but takes notes and runs from everybody", async () => {
    const sourceId = await shop();
    const runId = await insertRun(context.db, { sourceId, state: "failed" });
    const opened = await byHand({ runId });
    expect(opened).toMatchObject({ sourceId, titleIsOwn: true, runs: [{ id: runId, state: "failed" }] });
    await updateIncident(context, { ...on(opened), body: { title: "Shop and till" } });
    await expect(updateIncident(context, { ...on(opened), body: { title: "Shop" } })).rejects.toMatchObject({ code: "version-conflict" });
    await expect(updateIncident(context, { ...on(opened), ifMatch: null, body: {} })).rejects.toMatchObject({ code: "version-required" });
    await addIncidentNote(context, { ...on(opened), ifMatch: null, body: { text: "looked at the disk" } });
    const other = await insertRun(context.db, { sourceId, state: "succeeded" });
    await linkIncidentRun(context, { ...on(opened), ifMatch: null, body: { runId: other } });
    const linked = await linkIncidentRun(context, { ...on(opened), ifMatch: null, body: { runId: other } });
    expect(linked.runs).toHaveLength(2);
    expect(linked.timeline.map(({ code }) => code)).toEqual(["opened", "title", "note", "run-linked"]);
    await expect(linkIncidentRun(context, { ...on(opened), ifMatch: null, body: { runId: newId("run") } })).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("has an assignee who exists, and nothing happens where nothing changes", async () => {
    const id = newId("user");
    const now = new Date();
    await context.db.insert(users).values({ id, email: "ana@example.org", name: "Ana", role: "admin", createdAt: now, updatedAt: now });
    const opened = await byHand();
    await expect(updateIncident(context, { ...on(opened), body: { assigneeId: newId("user") } })).rejects.toMatchObject({
      code: "not-found",
    });
    const assigned = await updateIncident(context, { ...on(opened), body: { assigneeId: id } });
    expect(assigned).toMatchObject({ assigneeName: "Ana", version: 2 });
    expect(assigned.timeline.at(-1)).toMatchObject({ code: "assigned", params: { to: "Ana" } });
    expect((await updateIncident(context, { ...on(assigned), body: { assigneeId: id, severity: "high" } })).version).toBe(2);
  });

  it("cannot be opened again beside a newer one of its kind and source", async () => {
    const sourceId = await shop({ incidentAfterFailures: 1 });
    const first = (await backup(sourceId, "failed")).opened?.id ?? "";
    await context.db.update(incidents).set({ state: "closed" }).where(eq(incidents.id, first));
    const second = (await backup(sourceId, "failed")).opened?.id ?? "";
    await expect(reopenIncident(context, { ...on({ id: first, version: 1 }), body: { note: "no" } })).rejects.toMatchObject({
      code: "incident-open",
      params: { incidentId: second },
    });
  });

  it("is for admins to change and for viewers to read", async () => {
    const viewer = { ...context, actor: testActor("viewer") };
    const { id } = await byHand();
    expect((await getIncident(viewer, { params: { id }, query: {}, body: {}, ifMatch: null })).id).toBe(id);
    await expect(addIncidentNote(viewer, { params: { id }, query: {}, ifMatch: null, body: { text: "hello" } })).rejects.toMatchObject({
      code: "not-allowed",
    });
  });
});

describe("the list of incidents", () => {
  it("gives open ones first and the newest of them first, page by page without a gap", async () => {
    const sourceId = await shop();
    const at = (minute: number) => ({ now: () => new Date(Date.UTC(2030, 0, 1, 0, minute)) });
    const ids: string[] = [];
    for (const minute of [0, 1, 1, 2, 3]) {
      const body = { title: `at ${minute}`, severity: "low" as const, sourceId, note: "" };
      ids.push((await openIncident({ ...context, ...at(minute) }, { params: {}, query: {}, ifMatch: null, body })).id);
    }
    await context.db
      .update(incidents)
      .set({ state: "closed" })
      .where(eq(incidents.id, ids[4] ?? ""));
    const page = (after?: string) =>
      listIncidents(context, {
        params: {},
        query: { source: sourceId, limit: 2, ...(after === undefined ? {} : { after }) },
        body: {},
        ifMatch: null,
      });
    const first = await page();
    const second = await page(first.next ?? "");
    const third = await page(second.next ?? "");
    expect(first.total).toBe(5);
    expect(third.next).toBeNull();
    const seen = [first, second, third].flatMap(({ items }) => items.map(({ id }) => id));
    const sameMinute = [ids[1] ?? "", ids[2] ?? ""].toSorted().toReversed();
    expect(seen).toEqual([ids[3], ...sameMinute, ids[0], ids[4]]);
  });
});
