import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drillCalendar as calendarContract, listProvenSources as provenContract } from "#lib/contracts/drill-history";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { sources } from "#lib/db/schema/sources";
import { insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { type TestContext, testContext } from "#lib/testing/context";
import { insertDrill } from "#lib/testing/drill-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { drillCalendar } from "./calendar.ts";
import { listProvenSources } from "./proven.ts";

let home: TestCatalogue;
let context: TestContext;
let serverId: string;
/** Ids by name: twelve sources, "one" twice. */
const names = ["alpha", "Beta", "delta", "echo", "golf", "hotel", "lima", "mike", "one", "one", "sierra", "victor"];
const ids: string[] = [];

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  const { db } = home.catalogue;
  serverId = await insertServer(db);
  for (const name of names) ids.push(await insertSource(db, serverId, { name }));
  for (const sourceId of ids.slice(0, 6)) await insertDrill(db, sourceId, { startedAt: new Date("2026-05-01T00:00:00.000Z") });
});
afterAll(() => home.drop());

const idOf = (name: string): string => ids[names.indexOf(name)] ?? "";
const rename = (name: string, next: string) =>
  home.catalogue.db
    .update(sources)
    .set({ name: next })
    .where(eq(sources.id, idOf(name)));

async function insertPlan(sourceId: string, nextDueAt: Date): Promise<void> {
  const at = new Date();
  await home.catalogue.db.insert(drillPlans).values({
    id: newId("drillPlan"),
    sourceId,
    selection: { type: "latest" },
    target: { type: "automatic" },
    cadence: { unit: "months", every: 1 },
    graceDays: 7,
    checks: [],
    nextDueAt,
    createdAt: at,
    updatedAt: at,
  });
}

type Page = { items: { sourceId: string; sourceName: string }[]; next: string | null; total: number };

/** Reads to the end; `between` happens after the first page. */
async function readAll(read: (after: string | undefined) => Promise<Page>, between?: () => Promise<unknown>): Promise<Page["items"]> {
  const first = await read(undefined);
  const seen = [...first.items];
  await between?.();
  let next = first.next;
  while (next !== null) {
    const page = await read(next);
    seen.push(...page.items);
    next = page.next;
  }
  return seen;
}

const calendar = (query: Record<string, unknown>) =>
  drillCalendar(context, { params: {}, query: calendarContract.query.parse({ year: 2026, ...query }), body: {}, ifMatch: null });
const proven = (query: Record<string, unknown>) =>
  listProvenSources(context, { params: {}, query: provenContract.query.parse(query), body: {}, ifMatch: null });

const allOf = (seen: readonly { sourceId: string }[], sourceId: string): number => seen.filter((row) => row.sourceId === sourceId).length;

describe("the calendar of drills, page by page", () => {
  it.each([1, 5, 12])("tells each source once with %i a page, by name as the catalogue orders them, with its drills", async (limit) => {
    const seen = await readAll((after) => calendar({ limit, after }));
    expect(seen.map(({ sourceId }) => sourceId).toSorted()).toEqual(ids.toSorted());
    const whole = await calendar({ limit: 200 });
    expect(whole).toMatchObject({ next: null, total: 12, totalCapped: false });
    expect(seen).toEqual(whole.items);
    expect(whole.items.map((source) => source.drills.length)).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  });

  it("answers whoever names no page with the first fifty and a cursor", async () => {
    expect(calendarContract.query.parse({ year: "2026" })).toEqual({ year: 2026, limit: 50 });
    const first = await calendar({ limit: 5 });
    expect(first.items).toHaveLength(5);
    expect(first.next).toEqual(expect.any(String));
    expect(first.total).toBe(12);
  });

  it("tells each source once although one is added and others are renamed between two pages", async () => {
    const { db } = home.catalogue;
    const added: string[] = [];
    const seen = await readAll(
      (after) => calendar({ limit: 5, after }),
      async () => {
        // The first page ended with "golf".
        added.push(await insertSource(db, serverId, { name: "before" }), await insertSource(db, serverId, { name: "papa" }));
        await rename("delta", "charlie");
        await rename("mike", "zulu");
      },
    );
    expect(ids.map((id) => allOf(seen, id))).toEqual(ids.map(() => 1));
    expect(added.map((id) => allOf(seen, id))).toEqual([0, 1]);
    expect(seen.at(-1)?.sourceName).toBe("zulu");
    for (const id of added) await db.delete(sources).where(eq(sources.id, id));
    await rename("delta", "delta");
    await rename("mike", "mike");
  });

  it("tells every other source once when a new name carries one over the end of a page", async () => {
    const seen = await readAll(
      (after) => calendar({ limit: 5, after }),
      async () => {
        await rename("alpha", "yankee");
        await rename("victor", "abel");
      },
    );
    const others = ids.filter((id) => id !== idOf("alpha") && id !== idOf("victor"));
    expect(others.map((id) => allOf(seen, id))).toEqual(others.map(() => 1));
    // One of them is told again under its new name; the other one where it stands now, by whoever reads from the start.
    expect(seen.filter(({ sourceId }) => sourceId === idOf("alpha")).map(({ sourceName }) => sourceName)).toEqual(["alpha", "yankee"]);
    expect(allOf(await readAll((after) => calendar({ limit: 5, after })), idOf("victor"))).toBe(1);
    await rename("alpha", "alpha");
    await rename("victor", "victor");
  });

  it("is narrowed by name, counts what it found, and leaves removed sources to the years that had drills of theirs", async () => {
    expect((await calendar({ q: "ONE" })).items.map(({ sourceId }) => sourceId).toSorted()).toEqual(
      [ids[8] ?? "", ids[9] ?? ""].toSorted(),
    );
    expect(await calendar({ q: "one", limit: 1 })).toMatchObject({ total: 2, next: expect.any(String) as string });
    expect(await calendar({ q: "nobody" })).toEqual({ items: [], next: null, total: 0, totalCapped: false });
    const { db } = home.catalogue;
    await insertPlan(idOf("hotel"), new Date("2026-12-24T00:00:00.000Z"));
    await db
      .update(sources)
      .set({ removedAt: new Date() })
      .where(eq(sources.id, idOf("hotel")));
    expect((await calendar({ q: "hotel" })).items).toMatchObject([{ sourceName: "hotel", nextDueAt: null, drills: [{}] }]);
    expect((await calendar({ q: "hotel", year: 2025 })).total).toBe(0);
    expect((await calendar({ year: 2025 })).total).toBe(11);
    await db
      .update(sources)
      .set({ removedAt: null })
      .where(eq(sources.id, idOf("hotel")));
    expect((await calendar({ q: "hotel" })).items[0]?.nextDueAt).toBe("2026-12-24T00:00:00.000Z");
  });

  it("refuses the cursor of another list", async () => {
    const { next } = await proven({ limit: 1 });
    await expect(calendar({ after: next ?? "" })).rejects.toMatchObject({ code: "invalid-input" });
  });
});

describe("sources by their last proven restore, page by page", () => {
  it("begin with the never proven, by name, then the longest ago, each once", async () => {
    const { db } = home.catalogue;
    await insertDrill(db, idOf("Beta"), { closedAt: new Date("2026-11-02T00:00:00.000Z") });
    // Neither a failed drill nor one that proved nothing counts.
    await insertDrill(db, idOf("alpha"), { closedAt: new Date("2026-11-03T00:00:00.000Z"), verdict: "failed" });
    await insertDrill(db, idOf("delta"), { closedAt: new Date("2026-11-04T00:00:00.000Z"), proven: false });
    for (const limit of [1, 5, 12]) {
      const seen = await readAll((after) => proven({ limit, after }));
      expect(seen.map(({ sourceName }) => sourceName)).toEqual([
        "lima",
        "mike",
        "one",
        "one",
        "sierra",
        "victor",
        "alpha",
        "delta",
        "echo",
        "golf",
        "hotel",
        "Beta",
      ]);
      expect(new Set(seen.map(({ sourceId }) => sourceId)).size).toBe(12);
    }
    const { items, total } = await proven({ limit: 200 });
    expect(total).toBe(12);
    expect([items[0]?.at, items[6]?.at, items[11]?.at]).toEqual([null, "2026-05-01T00:10:00.000Z", "2026-11-02T00:00:00.000Z"]);
  });

  it("are one where one is asked for, and leave out what was removed", async () => {
    const { db } = home.catalogue;
    expect(await proven({ source: idOf("Beta") })).toMatchObject({ items: [{ sourceName: "Beta" }], next: null, total: 1 });
    await db
      .update(sources)
      .set({ removedAt: new Date() })
      .where(eq(sources.id, idOf("Beta")));
    expect((await proven({})).total).toBe(11);
    expect((await proven({ source: idOf("Beta") })).items).toEqual([]);
  });
});
