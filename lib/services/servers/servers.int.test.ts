import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverInput } from "#lib/contracts/servers";
import { auditEvents } from "#lib/db/schema/audit-events";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { checkServer } from "./check.ts";
import { checkInput } from "./check-input.ts";
import { createServer } from "./create.ts";
import { getServer } from "./get.ts";
import { listServers } from "./list.ts";
import { parseServerUrl } from "./parse-url.ts";
import { deleteServer } from "./remove.ts";
import { passwordContext, probePasswordContext } from "./secrets.ts";
import { updateServer } from "./update.ts";

const canary = "canary-pw-8c1f";
const nothing = { params: {}, query: {}, body: {}, ifMatch: null };

let home: TestCatalogue;
let context: TestContext;
let viewer: TestContext;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  viewer = testContext(home.catalogue, { actor: testActor("viewer") });
});
afterAll(() => home.drop());

function add(name: string, change: object = {}) {
  const body = serverInput.parse({ name, host: "db.example.org", username: "backup", password: canary, ...change });
  return createServer(context, { ...nothing, body });
}

async function rowOf(id: string) {
  const [row] = await context.db.select().from(servers).where(eq(servers.id, id));
  if (row === undefined) throw new Error("no row");
  return row;
}

async function lastAudit(targetId: string) {
  const [row] = await context.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.targetId, targetId))
    .orderBy(desc(auditEvents.id))
    .limit(1);
  return row;
}

describe("adding a server", () => {
  test("seals the password for its row, answers only that there is one, and leaves an audit row without it", async () => {
    const dto = await add("Main");
    const row = await rowOf(dto.id);
    expect(dto).toMatchObject({ hasPassword: true, hasRestorePassword: false, slug: "main", sourceCount: 0, version: 1 });
    expect(context.keyring.open(row.passwordSealed ?? "", passwordContext(dto.id))).toBe(canary);
    expect(JSON.stringify(dto) + JSON.stringify(row) + JSON.stringify(await lastAudit(dto.id))).not.toContain(canary);
    expect(await lastAudit(dto.id)).toMatchObject({ action: "server.create", targetName: "Main", actorName: "Test admin", before: null });
  });

  test("refuses a name that is taken, letter case aside, and writes no audit row for it", async () => {
    await add("Twice");
    const before = await context.db.$count(auditEvents);
    await expect(add("TWICE")).rejects.toMatchObject({ code: "server-duplicate", params: { name: "TWICE" } });
    expect(await context.db.$count(auditEvents)).toBe(before);
  });

  test("refuses addresses that libpq would read as something else", async () => {
    await expect(add("Meta", { host: "169.254.169.254" })).rejects.toMatchObject({ code: "address-forbidden" });
    await expect(add("Socket", { host: "/var/run/postgresql" })).rejects.toMatchObject({ code: "address-invalid" });
  });

  test("is refused for a viewer", async () => {
    const body = serverInput.parse({ name: "Viewer", host: "db", username: "b" });
    await expect(createServer(viewer, { ...nothing, body })).rejects.toMatchObject({ code: "not-allowed" });
  });
});

describe("reading servers", () => {
  test("counts the sources of each, and no removed one", async () => {
    const [busy, idle] = await Promise.all([add("Busy"), add("Idle")]);
    await insertSource(context.db, busy.id);
    await insertSource(context.db, busy.id);
    await insertSource(context.db, idle.id, { removedAt: new Date() });
    const { items } = await listServers(context, { ...nothing, query: { limit: 200 } });
    expect(items.find(({ id }) => id === busy.id)?.sourceCount).toBe(2);
    expect(items.find(({ id }) => id === idle.id)?.sourceCount).toBe(0);
    expect(await getServer(context, { ...nothing, params: { id: busy.id } })).toMatchObject({ sourceCount: 2 });
  });
});

describe("changing a server", () => {
  test("keeps what is left out, the password too", async () => {
    const dto = await add("Keep", { port: 5433, notes: "n" });
    const changed = await updateServer(context, { params: { id: dto.id }, query: {}, body: { name: "Kept" }, ifMatch: 1 });
    expect(changed).toMatchObject({ name: "Kept", port: 5433, notes: "n", hasPassword: true, version: 2 });
    expect(await lastAudit(dto.id)).toMatchObject({ action: "server.update", before: { name: "Keep" }, after: { name: "Kept" } });
  });

  test.each([{ host: "other.example.org" }, { port: 6000 }, { username: "other" }])(
    "does not take the stored password along to %o",
    async (body) => {
      const dto = await add(`Carry ${JSON.stringify(body)}`);
      const input = { params: { id: dto.id }, query: {}, ifMatch: 1 };
      await expect(updateServer(context, { ...input, body })).rejects.toMatchObject({ code: "invalid-input" });
      expect(await rowOf(dto.id)).toMatchObject({ version: 1, host: "db.example.org" });
      const changed = await updateServer(context, { ...input, body: { ...body, password: "fresh-pw" } });
      expect(changed).toMatchObject(body);
      expect(context.keyring.open((await rowOf(dto.id)).passwordSealed ?? "", passwordContext(dto.id))).toBe("fresh-pw");
    },
  );

  test("shows in the audit trail that a password changed, and not to what", async () => {
    const dto = await add("Rotate");
    await updateServer(context, { params: { id: dto.id }, query: {}, body: { password: `${canary}-2` }, ifMatch: 1 });
    expect(await lastAudit(dto.id)).toMatchObject({ before: { password: "•••" }, after: { password: "•••" } });
    await updateServer(context, { params: { id: dto.id }, query: {}, body: { password: "" }, ifMatch: 2 });
    expect(await getServer(context, { ...nothing, params: { id: dto.id } })).toMatchObject({ hasPassword: false });
  });

  test("asks for the version, and refuses an old one", async () => {
    const dto = await add("Version");
    const input = { params: { id: dto.id }, query: {}, body: { name: "Other" } };
    await expect(updateServer(context, { ...input, ifMatch: null })).rejects.toMatchObject({ code: "version-required" });
    await updateServer(context, { ...input, ifMatch: 1 });
    await expect(updateServer(context, { ...input, ifMatch: 1 })).rejects.toMatchObject({
      code: "version-conflict",
      params: { entity: "server", current: 2 },
    });
  });
});

describe("checking a connection", () => {
  test("carries a typed password sealed for its run, and wakes a worker", async () => {
    const connection = { host: "db.example.org", username: "backup", password: canary };
    const run = await checkServer(context, { ...nothing, body: { connection } });
    expect(run.steps.map((step) => step.code)[0]).toBe("resolve");
    expect(context.woken.at(-1)?.runId).toBe(run.id);
    const [row] = await context.db.select().from(runs).where(eq(runs.id, run.id));
    expect(JSON.stringify(row)).not.toContain(canary);
    const input = checkInput.parse(row?.input);
    expect(input.serverId).toBeNull();
    expect(context.keyring.open(input.passwordSealed ?? "", probePasswordContext(run.id))).toBe(canary);
  });

  test("uses a stored password only for the address that it was entered for", async () => {
    const dto = await add("Checked");
    const stored = await checkServer(context, { ...nothing, body: { serverId: dto.id, connection: {} } });
    const [row] = await context.db.select().from(runs).where(eq(runs.id, stored.id));
    const input = checkInput.parse(row?.input);
    expect(input).toMatchObject({ serverId: dto.id, sealedFor: passwordContext(dto.id) });
    expect(context.keyring.open(input.passwordSealed ?? "", input.sealedFor)).toBe(canary);
    const elsewhere = { serverId: dto.id, connection: { host: "evil.example.org" } };
    await expect(checkServer(context, { ...nothing, body: elsewhere })).rejects.toMatchObject({ code: "invalid-input" });
    const changed = await checkServer(context, { ...nothing, body: { serverId: dto.id, connection: { tlsMode: "require" } } });
    const [changedRow] = await context.db.select().from(runs).where(eq(runs.id, changed.id));
    expect(changedRow?.input).toMatchObject({ serverId: null, tlsMode: "require" });
  });
});

describe("removing a server", () => {
  test("takes its passwords away and frees its name", async () => {
    const dto = await add("Gone");
    expect(await deleteServer(context, { params: { id: dto.id }, query: {}, body: {}, ifMatch: 1 })).toBeNull();
    expect(await rowOf(dto.id)).toMatchObject({ passwordSealed: null, restorePasswordSealed: null });
    await expect(getServer(context, { ...nothing, params: { id: dto.id } })).rejects.toMatchObject({ code: "not-found" });
    await add("Gone");
  });

  test("is refused while a source uses it", async () => {
    const id = await insertServer(context.db);
    await insertSource(context.db, id);
    const input = { params: { id }, query: {}, body: {}, ifMatch: 1 };
    await expect(deleteServer(context, input)).rejects.toMatchObject({ code: "server-has-sources", params: { count: 1 } });
    await expect(deleteServer(viewer, input)).rejects.toMatchObject({ code: "not-allowed" });
  });
});

test("servers are listed by name, found literally, and a page's cursor leads on", async () => {
  for (const name of ["List b", "list A", "List 100%", "List c"]) await add(name);
  const list = (query: object) => listServers(context, { ...nothing, query: { limit: 50, q: "list", ...query } });
  const all = await list({});
  expect(all.items.map((item) => item.name)).toEqual(["List 100%", "list A", "List b", "List c"]);
  expect((await list({ q: "100%" })).items.map((item) => item.name)).toEqual(["List 100%"]);
  expect((await list({ q: "%" })).total).toBe(1);
  const first = await list({ limit: 3 });
  expect(first.next).not.toBeNull();
  expect((await list({ limit: 3, after: first.next ?? "" })).items.map((item) => item.name)).toEqual(["List c"]);
  await expect(list({ after: "bm9uc2Vuc2U" })).rejects.toMatchObject({ code: "invalid-input" });
});

test("a URL is split into fields and its password is not echoed", async () => {
  const url = `postgresql+psycopg://backup:${canary}@db.example.org:5433/shop?sslmode=require`;
  const parsed = await parseServerUrl(context, { ...nothing, body: { url } });
  expect(parsed).toMatchObject({
    host: "db.example.org",
    port: 5433,
    username: "backup",
    database: "shop",
    tlsMode: "require",
    hasPassword: true,
  });
  expect(JSON.stringify(parsed)).not.toContain(canary);
});
