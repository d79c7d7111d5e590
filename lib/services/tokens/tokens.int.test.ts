import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { auditEvents } from "#lib/db/schema/audit-events";
import { users } from "#lib/db/schema/users";
import { permissions, type Permission, type Role } from "#lib/domain/permissions";
import { createLogger } from "#lib/log/log";
import { tokenHash } from "#lib/secrets/token";
import type { Actor } from "#lib/services/context";
import { newId } from "#lib/testing/catalogue-rows";
import { testContext } from "#lib/testing/context";
import { actorOf, insertPerson, type PersonRow } from "#lib/testing/people-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { createToken } from "./create.ts";
import { listTokens } from "./list.ts";
import { revokeToken } from "./revoke.ts";

const nothing = { params: {}, query: {}, body: {}, ifMatch: null };
const dayMs = 24 * 3_600_000;
let home: TestCatalogue;
let root: PersonRow;
beforeAll(async () => {
  home = await createCatalogue();
  root = await insertPerson(home.catalogue.db, { role: "admin", name: "Root" });
});
afterAll(() => home.drop());

const as = (actor: Actor) => testContext(home.catalogue, { actor });
type Wanted = { name?: string; role?: Role; scopes?: Permission[] | null; expiresInDays?: number | null };
const create = (wanted: Wanted = {}, actor = actorOf(root)) =>
  createToken(as(actor), { ...nothing, body: { name: "ci", role: "viewer", scopes: null, expiresInDays: null, ...wanted } });
const list = (query: object = {}) => listTokens(as(actorOf(root)), { ...nothing, query: { limit: 50, ...query } });

/** A token of the catalogue as the edge would identify it. */
async function callerOf(tokenId: string): Promise<Actor> {
  const [row] = await home.catalogue.db.select().from(apiTokens).where(eq(apiTokens.id, tokenId));
  if (row === undefined) throw new Error("no such token");
  return { type: "token", id: row.id, name: row.name, role: row.role, scopes: row.scopes, sessionId: null };
}

describe("making a token", () => {
  it("shows its value once, recognisable, and keeps a digest and the first characters", async () => {
    const { token, secret } = await create({ name: "deploy", role: "admin", scopes: ["backups:read", "backups:read"], expiresInDays: 30 });
    expect(secret).toMatch(/^lbt_[\w-]{43}$/);
    expect(token).toMatchObject({
      name: "deploy",
      hint: secret.slice(0, 8),
      role: "admin",
      scopes: ["backups:read"],
      state: "active",
      createdBy: { type: "user", id: root.id, name: "Root" },
      lastUsedAt: null,
      lastUsedAddress: null,
    });
    expect(Date.parse(token.expiresAt ?? "") - Date.parse(token.createdAt)).toBe(30 * dayMs);
    const [row] = await home.catalogue.db.select().from(apiTokens).where(eq(apiTokens.id, token.id));
    expect(row?.tokenHash).toBe(tokenHash(secret));
    const events = await home.catalogue.db.select().from(auditEvents).where(eq(auditEvents.targetId, token.id));
    expect(events).toMatchObject([{ action: "token.create", actorId: root.id, after: { role: "admin", scopes: ["backups:read"] } }]);
    expect(JSON.stringify([row, events, await list()])).not.toContain(secret.slice(8));
  });

  it("is masked in the log wherever it stands", async () => {
    const { secret } = await create();
    const lines: string[] = [];
    createLogger("debug", {}, (line) => lines.push(line)).error(`got ${secret}, and "${secret}"`, {
      header: `Bearer ${secret}`,
      error: new Error(`/link#${secret.replace("lbt_", "lbl_")}`),
    });
    expect(lines.join("")).not.toContain(secret.slice(8));
    expect(lines.join("")).toContain("lbt_•••");
  });

  it("gives nothing that its maker may not do", async () => {
    const narrow = await create({ role: "admin", scopes: ["tokens:manage", "backups:read"] });
    const caller = await callerOf(narrow.token.id);
    const refused: [Wanted, Permission][] = [
      [{ role: "admin", scopes: null }, "servers:read"],
      [{ role: "viewer", scopes: null }, "servers:read"],
      [{ role: "admin", scopes: ["backups:read", "backups:download"] }, "backups:download"],
      [{ role: "admin", scopes: ["people:manage"] }, "people:manage"],
    ];
    for (const [wanted, permission] of refused) {
      await expect(create(wanted, caller)).rejects.toMatchObject({ code: "scope-not-yours", params: { permission } });
    }
    expect((await create({ role: "admin", scopes: ["backups:read"] }, caller)).token).toMatchObject({ scopes: ["backups:read"] });
    const complete = await callerOf((await create({ role: "admin", scopes: [...permissions] })).token.id);
    await expect(create({ role: "admin", scopes: null }, complete)).rejects.toMatchObject({ code: "scope-not-yours" });
  });

  it("by a token passes on that token's maker and its end", async () => {
    const parent = await create({ role: "admin", scopes: null, expiresInDays: 1 });
    const caller = await callerOf(parent.token.id);
    for (const expiresInDays of [null, 365]) {
      const { token } = await create({ name: "child", expiresInDays }, caller);
      expect(token).toMatchObject({ createdBy: { id: root.id }, expiresAt: parent.token.expiresAt });
    }
    const forEver = await callerOf((await create({ role: "admin" })).token.id);
    expect((await create({ expiresInDays: null }, forEver)).token.expiresAt).toBeNull();
  });

  it("is nothing for viewers", async () => {
    const viewer = actorOf(await insertPerson(home.catalogue.db));
    const refused = { code: "not-allowed", params: { permission: "tokens:manage" } };
    await expect(create({}, viewer)).rejects.toMatchObject(refused);
    await expect(listTokens(as(viewer), { ...nothing, query: { limit: 1 } })).rejects.toMatchObject(refused);
    await expect(revokeToken(as(viewer), { ...nothing, params: { id: newId("token") } })).rejects.toMatchObject(refused);
  });
});

describe("revoking a token", () => {
  it("is for good, once, and recorded once; its row stays", async () => {
    const { token } = await create();
    const revoke = () => revokeToken(as(actorOf(root)), { ...nothing, params: { id: token.id } });
    const first = await revoke();
    expect(first).toMatchObject({ id: token.id, state: "revoked" });
    expect(await revoke()).toEqual(first);
    const events = await home.catalogue.db.select().from(auditEvents).where(eq(auditEvents.targetId, token.id));
    expect(events.map(({ action }) => action)).toEqual(["token.create", "token.revoke"]);
    await expect(revokeToken(as(actorOf(root)), { ...nothing, params: { id: newId("token") } })).rejects.toMatchObject({
      code: "not-found",
      params: { entity: "token" },
    });
  });
});

describe("the list of tokens", () => {
  it("tells their states apart, is filtered and paged", async () => {
    const maker = await insertPerson(home.catalogue.db, { role: "admin", name: "Mia Maker" });
    const made = async (wanted: Wanted = {}) => (await create({ role: "admin", ...wanted }, actorOf(maker))).token.id;
    const [active, revoked, expired] = [await made(), await made(), await made({ name: "old one", expiresInDays: 1 })];
    await revokeToken(as(actorOf(root)), { ...nothing, params: { id: revoked } });
    await home.catalogue.db
      .update(apiTokens)
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where(eq(apiTokens.id, expired));
    // With its space it is in nobody's random hint.
    const ids = async (query: object) => (await list({ q: "mia m", ...query })).items.map(({ id }) => id).sort();
    expect(await ids({})).toEqual([active, revoked, expired].sort());
    expect([await ids({ state: "active" }), await ids({ state: "revoked" }), await ids({ state: "expired" })]).toEqual([
      [active],
      [revoked],
      [expired],
    ]);
    expect(await ids({ q: "OLD ONE" })).toEqual([expired]);
    await home.catalogue.db.update(users).set({ disabledAt: new Date() }).where(eq(users.id, maker.id));
    expect([await ids({ state: "active" }), await ids({ state: "stopped" })]).toEqual([[], [active]]);
    await home.catalogue.db.update(users).set({ disabledAt: null, role: "viewer" }).where(eq(users.id, maker.id));
    expect((await list({ q: "mia m", state: "active" })).items).toMatchObject([{ id: active, role: "viewer" }]);
    const first = await list({ q: "mia m", limit: 2 });
    expect([first.items.length, first.total, (await list({ q: "mia m", limit: 2, after: first.next })).items.length]).toEqual([2, 3, 1]);
  });
});
