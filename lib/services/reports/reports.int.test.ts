import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hiddenBody } from "#lib/contracts/drill-checks";
import { drillReports } from "#lib/db/schema/drill-reports";
import { drills } from "#lib/db/schema/drills";
import { runSteps } from "#lib/db/schema/run-steps";
import { canonicalJson, type Json } from "#lib/domain/canonical-json";
import { insertRun, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { type TestContext, testActor, testContext } from "#lib/testing/context";
import { closingOf, insertDrill, insertDrillCheck } from "#lib/testing/drill-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { createKeyring } from "#lib/secrets/keyring";
import { getDrill } from "../drills/get.ts";
import { ensureInstallation } from "../setup/ensure-installation.ts";
import { addReportNote } from "./add-note.ts";
import { checkReportFile } from "./check-file.ts";
import { gatherReport } from "./gather.ts";
import { getDrillReport } from "./get.ts";
import { inspectFile, signedFileText } from "./inspect-file.ts";
import { getReportKey, renewReportKey } from "./keys.ts";
import { ensureSigningKey } from "./signing-key.ts";
import { loadPublicKeys, verifyStored } from "./verify.ts";
import { writeReport } from "./write.ts";

let home: TestCatalogue;
let context: TestContext;
let sourceId: string;
const installationKey = randomBytes(32);
const written: { drillId: string; reportId: string; sha256: string }[] = [];

/** A drill with two checks, closed with its report; `drills.report_id` is set as the closing does. */
async function closeOne(by: TestContext = context): Promise<{ drillId: string; reportId: string; sha256: string }> {
  const drillId = await insertDrill(context.db, sourceId, {
    events: [{ at: "2026-11-22T10:00:00.000Z", code: "started", params: { share: 0.25, count: 3 }, actorName: "Núria" }],
  });
  await insertDrillCheck(context.db, drillId, { key: "second", ordinal: 1, evidence: written.length === 0 ? "e".repeat(20_000) : "" });
  await insertDrillCheck(context.db, drillId, { key: "first", ordinal: 0, actual: "half a pair: \ud83d".toWellFormed() });
  const report = await context.db.transaction(async (tx) => {
    const done = await writeReport(tx, by, closingOf(drillId));
    await tx.update(drills).set({ reportId: done.reportId }).where(eq(drills.id, drillId));
    return done;
  });
  return { drillId, ...report };
}

const rowOf = async (reportId: string) => {
  const [row] = await context.db.select().from(drillReports).where(eq(drillReports.id, reportId));
  if (row === undefined) throw new Error("no such report");
  return row;
};
const fileOf = async (index: number) => signedFileText(await rowOf(written[index]?.reportId ?? ""));
const check = (text: string) => checkReportFile(context, { params: {}, query: {}, body: { text }, ifMatch: null });

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue, { keyring: createKeyring(installationKey) });
  await ensureInstallation(context);
  await ensureSigningKey(context);
  sourceId = await insertSource(home.catalogue.db, await insertServer(home.catalogue.db, { name: "Main" }), { name: "shop" });
  for (let index = 0; index < 3; index += 1) written.push(await closeOne());
});
afterAll(() => home.drop());

class RollBack extends Error {}

/** Does what only somebody with the database's own rights can do, looks, and takes it back. */
async function tampered(
  change: ReturnType<typeof sql>[],
  look: (tx: Parameters<Parameters<typeof context.db.transaction>[0]>[0]) => Promise<void>,
) {
  const done = context.db.transaction(async (tx) => {
    await tx.execute(sql`alter table lifeboat.drill_reports disable trigger all`);
    for (const statement of change) await tx.execute(statement);
    await look(tx);
    throw new RollBack();
  });
  await expect(done).rejects.toThrow(RollBack);
}

it("neither a report nor a drill tells the body of a request, which may hold a password", async () => {
  const drillId = await insertDrill(context.db, sourceId);
  const definition = {
    key: "sign-in",
    name: "Sign in",
    mandatory: true,
    type: "http",
    application: "shop",
    path: "/session",
    method: "POST",
    body: "password=correct+horse",
    status: 200,
    bodyPattern: "",
  } as const;
  await insertDrillCheck(context.db, drillId, { key: "sign-in", ordinal: 0, type: "http", definition });
  const place = { id: newId("report"), sequence: 9, previousSha256: "0".repeat(64), writtenAt: new Date() };
  const report = await context.db.transaction((tx) => gatherReport(tx, closingOf(drillId), place));
  const drill = await getDrill(context, { params: { id: drillId }, query: {}, body: {}, ifMatch: null });
  for (const { checks } of [report, drill]) expect(checks).toMatchObject([{ definition: { body: hiddenBody } }]);
  expect(JSON.stringify([report, drill])).not.toContain("horse");
});

it("names the programs that restored and read the copy, each once", async () => {
  const drillId = await insertDrill(context.db, sourceId);
  for (const [type, code, tool] of [
    ["drill-restore", "load", "pg_restore 17.12"],
    ["drill-check", "read-copy", "pg_dump 17.12"],
    ["drill-check", "read-copy", "pg_dump 17.12"],
  ] as const) {
    const runId = await insertRun(context.db, { sourceId, drillId, type, state: "succeeded" });
    await context.db.insert(runSteps).values({ runId, ordinal: 0, code, state: "done", startedAt: new Date(), facts: { tool } });
  }
  const place = { id: newId("report"), sequence: 9, previousSha256: "0".repeat(64), writtenAt: new Date() };
  const { tools } = await context.db.transaction((tx) => gatherReport(tx, closingOf(drillId), place));
  expect(tools.filter(({ name }) => name.startsWith("pg_"))).toEqual([
    { name: "pg_restore", version: "17.12" },
    { name: "pg_dump (checks)", version: "17.12" },
  ]);
});

it("refuses a file with a member that nothing signs, on either level", async () => {
  const signed = JSON.parse(await fileOf(0)) as { signature: object };
  for (const changed of [
    { ...signed, value: "mine" },
    { ...signed, signature: { ...signed.signature, report: "mine" } },
  ]) {
    expect((await check(canonicalJson(changed as Json))).problems).toContain("not-canonical");
  }
});

describe("the chain of reports", () => {
  it("numbers reports, names the one before and says that all is well", async () => {
    for (const [index, { drillId, sha256 }] of written.entries()) {
      const { signed, verification } = await getDrillReport(context, { params: { id: drillId } });
      expect(signed.report.sequence).toBe(index + 1);
      expect(signed.report.previousSha256).toBe(written[index - 1]?.sha256 ?? "0".repeat(64));
      expect(signed.sha256).toBe(sha256);
      expect(verification).toMatchObject({ ok: true, problems: [], reportsInChain: 3 });
    }
  });

  it("tells who, what and how, with checks in their order and bounded evidence", async () => {
    const { signed } = await getDrillReport(context, { params: { id: written[0]?.drillId ?? "" } });
    const { report } = signed;
    expect(report.source).toMatchObject({ name: "shop", serverName: "Main" });
    expect(report.checks.map(({ key }) => key)).toEqual(["first", "second"]);
    expect(report.checks[1]?.evidence).toMatch(/^e{8000}\n… \(12000 more characters/);
    expect(report.events[0]?.params).toEqual({ share: "0.25", count: 3 });
    expect(report.installationId).toMatch(/^ins_/);
  });

  it("holds whole numbers only, so that every language writes them alike", async () => {
    const numbers: number[] = [];
    JSON.parse((await rowOf(written[0]?.reportId ?? "")).canonical, (_name, value: unknown) => {
      if (typeof value === "number") numbers.push(value);
      return value;
    });
    expect(numbers.length).toBeGreaterThan(5);
    expect(numbers.filter((each) => !Number.isSafeInteger(each))).toEqual([]);
  });

  it("answers with the report that there is when a drill is closed twice", async () => {
    const [first] = written;
    const again = await context.db.transaction((tx) => writeReport(tx, context, closingOf(first?.drillId ?? "", { verdict: "failed" })));
    expect(again).toEqual({ reportId: first?.reportId, sha256: first?.sha256 });
  });

  it("notices two reports that were swapped", async () => {
    const [one, two] = [await rowOf(written[0]?.reportId ?? ""), await rowOf(written[1]?.reportId ?? "")];
    const put = (id: string, { canonical, sha256, signature }: typeof one) =>
      sql`update lifeboat.drill_reports set canonical = ${canonical}, sha256 = ${sha256}, signature = ${signature} where id = ${id}`;
    await tampered([put(one.id, two), put(two.id, one)], async (tx) => {
      for (const { reportId } of written.slice(0, 2)) {
        const [row] = await tx.select().from(drillReports).where(eq(drillReports.id, reportId));
        expect(row === undefined ? [] : await verifyStored(tx, row)).toContain("row-differs");
      }
      const [third] = await tx.select().from(drillReports).where(eq(drillReports.sequence, 3));
      expect(third === undefined ? [] : await verifyStored(tx, third)).toEqual(["previous-differs"]);
    });
  });

  it("notices a report that was renumbered with all its columns", async () => {
    const [one, two] = [written[0]?.reportId ?? "", written[1]?.reportId ?? ""];
    const number = (id: string, sequence: number) => sql`update lifeboat.drill_reports set sequence = ${sequence} where id = ${id}`;
    await tampered([number(one, 99), number(two, 1), number(one, 2)], async (tx) => {
      const rows = await tx.select().from(drillReports).where(eq(drillReports.id, one));
      expect(await verifyStored(tx, rows[0] ?? (await rowOf(one)))).toContain("row-differs");
    });
  });

  it("notices a missing report from both sides, and the newest one, too", async () => {
    await tampered([sql`delete from lifeboat.drill_reports where sequence = 2`], async (tx) => {
      expect(await verifyStored(tx, await rowOf(written[0]?.reportId ?? ""))).toEqual(["next-missing"]);
      expect(await verifyStored(tx, await rowOf(written[2]?.reportId ?? ""))).toEqual(["previous-missing"]);
    });
    await tampered([sql`delete from lifeboat.drill_reports where sequence = 3`], async (tx) => {
      expect(await verifyStored(tx, await rowOf(written[1]?.reportId ?? ""))).toEqual(["next-missing"]);
      expect(await verifyStored(tx, await rowOf(written[0]?.reportId ?? ""))).toEqual([]);
    });
  });

  it("notices a public key that was put in another's place", async () => {
    await tampered([sql`update lifeboat.signing_keys set public_key = ${otherPem}`], async (tx) => {
      expect(await verifyStored(tx, await rowOf(written[0]?.reportId ?? ""))).toContain("key-unknown");
    });
  });

  it("cannot be changed by ordinary statements: the database refuses", async () => {
    await addReportNote(context, { params: { id: written[0]?.drillId ?? "" }, query: {}, body: { text: "A correction." }, ifMatch: null });
    for (const table of ["drill_reports", "report_notes"]) {
      for (const statement of [
        `update lifeboat.${table} set id = id`,
        `delete from lifeboat.${table}`,
        `truncate lifeboat.${table} cascade`,
      ]) {
        await expect(home.catalogue.sql.unsafe(statement)).rejects.toThrow(/append-only/);
      }
    }
  });

  it("keeps a note beside what is signed", async () => {
    const before = await fileOf(0);
    const id = written[0]?.drillId ?? "";
    const { notes, verification } = await addReportNote(context, { params: { id }, query: {}, body: { text: "Second." }, ifMatch: null });
    expect(notes.at(-1)).toMatchObject({ text: "Second.", authorName: context.actor.name });
    expect(verification.ok).toBe(true);
    expect(await fileOf(0)).toBe(before);
  });
});

const otherPem = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
`;

describe("a report's file", () => {
  it("is accepted as it was written, also by a viewer", async () => {
    const viewer = { ...context, actor: testActor("viewer") };
    const answer = await checkReportFile(viewer, { params: {}, query: {}, body: { text: await fileOf(1) }, ifMatch: null });
    expect(answer).toMatchObject({ ok: true, problems: [], report: { sequence: 2, sourceName: "shop", verdict: "passed" } });
  });

  it("is rejected when any one byte of it is another", async () => {
    const keys = await loadPublicKeys(context.db);
    const bytes = Buffer.from(await fileOf(1));
    expect(inspectFile(bytes.toString("utf8"), keys).problems).toEqual([]);
    const accepted: number[] = [];
    for (let at = 0; at < bytes.length; at += 1) {
      for (const flip of [0x01, 0x20, 1 + (at % 127)]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        if (inspectFile(changed.toString("utf8"), keys).problems.length === 0) accepted.push(at);
      }
    }
    expect(accepted).toEqual([]);
  });

  it.each([
    ["a line break at the end", (text: string) => `${text}\n`, ["not-canonical"]],
    ["a member beside the report", (text: string) => text.replace(/\}$/u, ',"x":1}'), ["not-canonical"]],
    ["indented", (text: string) => JSON.stringify(JSON.parse(text), null, 2), ["not-canonical"]],
    ["cut short", (text: string) => text.slice(0, -40), ["not-json"]],
    ["another file", () => "{}", ["not-a-report"]],
    [
      "a better verdict",
      (text: string) => text.replace('"verdict":"passed"', '"verdict":"failed"'),
      ["hash", "signature", "stored-differs"],
    ],
  ])("is rejected with %s", async (_what, change, problems) => {
    expect(await check(change(await fileOf(1)))).toMatchObject({ ok: false, problems });
  });

  it("of another installation is not one of ours", async () => {
    const other = await createCatalogue();
    try {
      const foreign = testContext(other.catalogue);
      await ensureSigningKey(foreign);
      const answer = await checkReportFile(foreign, { params: {}, query: {}, body: { text: await fileOf(1) }, ifMatch: null });
      expect(answer).toMatchObject({ ok: false, problems: ["key-unknown", "not-here"] });
    } finally {
      await other.drop();
    }
  });
});

describe("the signing key", () => {
  it("is made once, and its private half is sealed", async () => {
    await ensureSigningKey(context);
    const rows = await context.db.execute<{ sealed: string }>(sql`select sealed_private_key as sealed from lifeboat.signing_keys`);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.sealed).not.toContain("PRIVATE");
  });

  it("whose key file was lost is told of, and nothing is written; a new one leaves older reports valid", async () => {
    const lost = testContext(home.catalogue, { keyring: createKeyring(randomBytes(32)) });
    await expect(closeOne(lost)).rejects.toMatchObject({ code: "secret-key-missing", params: { keyId: context.keyring.keyId } });
    await renewReportKey(lost, { params: {}, query: {}, body: {}, ifMatch: null });
    const { drillId } = await closeOne(lost);
    const newest = await getDrillReport(lost, { params: { id: drillId } });
    expect(newest).toMatchObject({ signed: { report: { sequence: 4 } }, verification: { ok: true } });
    const { keys } = await getReportKey(lost, { params: {}, query: {}, body: {}, ifMatch: null });
    expect(keys.map(({ id }) => id)).toEqual([newest.signed.signature.keyId, (await rowOf(written[0]?.reportId ?? "")).keyId]);
    expect((await getDrillReport(lost, { params: { id: written[0]?.drillId ?? "" } })).verification.ok).toBe(true);
  });

  it("refuses a drill that there is not, and says of an open one that it has no report", async () => {
    await expect(getDrillReport(context, { params: { id: newId("drill") } })).rejects.toMatchObject({ code: "not-found" });
    const open = await insertDrill(context.db, sourceId, { state: "aborted", verdict: null });
    await expect(getDrillReport(context, { params: { id: open } })).rejects.toMatchObject({ code: "report-not-written" });
  });

  it("stays valid in a restored catalogue whose key came with it, and many write at once without a gap", async () => {
    // The newest key is the one of the test before: bring in one that our own keyring can open.
    await renewReportKey(context, { params: {}, query: {}, body: {}, ifMatch: null });
    const restored = testContext(home.catalogue, { keyring: createKeyring(Buffer.from(installationKey)) });
    const closed = await Promise.all(Array.from({ length: 6 }, () => closeOne(restored)));
    const details = await Promise.all(closed.map(({ drillId }) => getDrillReport(context, { params: { id: drillId } })));
    expect(details.map(({ verification }) => verification.problems)).toEqual(closed.map(() => []));
    expect(details.map(({ signed }) => signed.report.sequence).sort((a, b) => a - b)).toEqual([5, 6, 7, 8, 9, 10]);
  });
});
