import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Role } from "#lib/domain/permissions";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { auditEvents } from "#lib/db/schema/audit-events";
import { oneTimeLinks } from "#lib/db/schema/one-time-links";
import { sessions } from "#lib/db/schema/sessions";
import { users } from "#lib/db/schema/users";
import type { Actor } from "#lib/services/context";
import { newId } from "#lib/testing/catalogue-rows";
import { testContext } from "#lib/testing/context";
import { actorOf, insertPerson, insertSession, type PersonRow } from "#lib/testing/people-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { createUserLink } from "./create-user-link.ts";
import { endUserSessions } from "./end-user-sessions.ts";
import { getUser } from "./get-user.ts";
import { inviteUser } from "./invite-user.ts";
import { listUserSessions } from "./list-user-sessions.ts";
import { listUsers } from "./list-users.ts";
import { updateUser } from "./update-user.ts";

const nothing = { params: {}, query: {}, body: {}, ifMatch: null };
let home: TestCatalogue;
let root: PersonRow;

beforeAll(async () => {
  home = await createCatalogue();
});
afterAll(() => home.drop());
beforeEach(async () => {
  await home.catalogue.db.update(users).set({ disabledAt: new Date() });
  root = await insertPerson(home.catalogue.db, { role: "admin", name: "Root" });
});

const db = () => home.catalogue.db;
const as = (actor: Actor, now = new Date()) => testContext(home.catalogue, { actor, now: () => now });
const asRoot = () => as(actorOf(root));
const narrowToken = (...scopes: NonNullable<Actor["scopes"]>): Actor => ({
  type: "token",
  id: newId("token"),
  name: "narrow",
  role: "admin",
  scopes,
  sessionId: null,
});

const invite = (email: string, role: Role = "viewer", actor = actorOf(root)) =>
  inviteUser(as(actor), { ...nothing, body: { email, name: "Eva", role } });
const update = (person: PersonRow, body: Parameters<typeof updateUser>[1]["body"], actor = actorOf(root), ifMatch = person.version) =>
  updateUser(as(actor), { ...nothing, params: { id: person.id }, body, ifMatch });

async function lastAudit(targetId: string) {
  const [row] = await db()
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.targetId, targetId))
    .orderBy(desc(auditEvents.at), desc(auditEvents.id))
    .limit(1);
  return row;
}

describe("inviting", () => {
  it("makes a person without a password and a link for three days, of which only a digest is kept", async () => {
    const { user, link } = await invite("Eva@example.org");
    expect(user).toMatchObject({ email: "Eva@example.org", role: "viewer", state: "invited", openSessions: 0, lastSeenAt: null });
    expect(user.linkExpiresAt).toBe(link.expiresAt);
    expect(link).toMatchObject({ purpose: "invite", path: expect.stringMatching(/^\/link#lbl_[\w-]{43}$/) as string });
    expect(Date.parse(link.expiresAt) - Date.parse(user.createdAt)).toBe(72 * 3_600_000);
    const token = link.path.split("#")[1] ?? "";
    const audit = await lastAudit(user.id);
    expect(audit).toMatchObject({
      action: "user.invite",
      actorId: root.id,
      before: null,
      after: { role: "viewer", email: "Eva@example.org" },
    });
    expect(JSON.stringify([await db().select().from(oneTimeLinks), audit])).not.toContain(token);
  });

  it("knows an address whatever its letter case, also when two ask at once", async () => {
    await invite("dup@example.org");
    await expect(invite("DUP@Example.org")).rejects.toMatchObject({ code: "user-duplicate", params: { email: "DUP@Example.org" } });
    const both = await Promise.allSettled([invite("twice@example.org"), invite("Twice@example.org")]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((outcome) => outcome.status === "rejected")?.reason).toMatchObject({ code: "user-duplicate" });
  });
});

describe("the list of people", () => {
  it("is sorted by name, filtered and paged, and counts what is open", async () => {
    const bo = await insertPerson(db(), { name: "bo List", email: "bo@list.example" });
    const al = await insertPerson(db(), { name: "Al List", role: "admin", disabledAt: new Date() });
    const cy = await insertPerson(db(), { name: "Cy List", passwordHash: null });
    await insertSession(db(), bo.id);
    await insertSession(db(), bo.id, { endedAt: new Date() });
    await insertSession(db(), bo.id, { expiresAt: new Date(Date.now() - 1) });
    await insertSession(db(), bo.id, { lastSeenAt: new Date(Date.now() - 25 * 3_600_000) });
    const token = { name: "t", role: "viewer" as const, createdAt: new Date(), createdBy: bo.id };
    await db()
      .insert(apiTokens)
      .values([
        { ...token, id: newId("token"), tokenHash: "1" },
        { ...token, id: newId("token"), tokenHash: "2", revokedAt: new Date() },
        { ...token, id: newId("token"), tokenHash: "3", expiresAt: new Date(Date.now() - 1) },
      ]);
    const list = (query: object) => listUsers(asRoot(), { ...nothing, query: { limit: 50, q: "list", ...query } });
    const ids = async (query: object) => (await list(query)).items.map(({ id }) => id);
    expect(await ids({})).toEqual([al.id, bo.id, cy.id]);
    expect(await ids({ state: "active" })).toEqual([bo.id]);
    expect(await ids({ state: "invited" })).toEqual([cy.id]);
    expect(await ids({ state: "disabled" })).toEqual([al.id]);
    expect(await ids({ role: "viewer" })).toEqual([bo.id, cy.id]);
    expect(await ids({ q: "BO@list" })).toEqual([bo.id]);
    const first = await list({ limit: 2 });
    expect(first.total).toBe(3);
    expect(await ids({ limit: 2, after: first.next })).toEqual([cy.id]);
    expect(first.items[1]).toMatchObject({ id: bo.id, openSessions: 1, liveTokens: 1, linkExpiresAt: null, state: "active" });
    expect(first.items[1]?.lastSeenAt).not.toBeNull();
    expect(JSON.stringify(first)).not.toContain("passwordHash");
  });
});

describe("changing a person", () => {
  it("disables: sessions and links end in the same moment, the audit says so; enabling brings back neither", async () => {
    const person = await insertPerson(db());
    const sessionId = await insertSession(db(), person.id);
    const link = await createUserLink(asRoot(), { ...nothing, params: { id: person.id } });
    expect(link.purpose).toBe("reset");
    const disabled = await update(person, { disabled: true });
    expect(disabled).toMatchObject({ state: "disabled", openSessions: 0, linkExpiresAt: null, version: 2 });
    const [session] = await db().select().from(sessions).where(eq(sessions.id, sessionId));
    expect(session?.endedAt).not.toBeNull();
    expect(await lastAudit(person.id)).toMatchObject({ action: "user.disable", before: { disabled: false }, after: { disabled: true } });
    await expect(createUserLink(asRoot(), { ...nothing, params: { id: person.id } })).rejects.toMatchObject({ code: "user-disabled" });
    const enabled = await update({ ...person, version: 2 }, { disabled: false });
    expect(enabled).toMatchObject({ state: "active", openSessions: 0, linkExpiresAt: null });
    expect(await lastAudit(person.id)).toMatchObject({ action: "user.enable" });
  });

  it("takes its version, and leaves alone what is not named", async () => {
    const person = await insertPerson(db(), { disabledAt: new Date() });
    await expect(update(person, { name: "Eve" }, actorOf(root), 7)).rejects.toMatchObject({
      code: "version-conflict",
      params: { entity: "user", current: 1 },
    });
    expect(await update(person, { name: "Eve", role: "admin" })).toMatchObject({ name: "Eve", role: "admin", state: "disabled" });
    expect(await lastAudit(person.id)).toMatchObject({
      action: "user.update",
      before: { name: "Ada", role: "viewer" },
      after: { name: "Eve", role: "admin" },
    });
    await expect(getUser(asRoot(), { ...nothing, params: { id: newId("user") } })).rejects.toMatchObject({ code: "not-found" });
  });

  it("keeps the last active admin: neither an invited nor a disabled one counts", async () => {
    await insertPerson(db(), { role: "admin", passwordHash: null });
    await insertPerson(db(), { role: "admin", disabledAt: new Date() });
    await expect(update(root, { role: "viewer" })).rejects.toMatchObject({ code: "last-admin" });
    await expect(update(root, { disabled: true })).rejects.toMatchObject({ code: "last-admin" });
    expect(await update(root, { name: "Root the First" })).toMatchObject({ role: "admin", state: "active" });
    const second = await insertPerson(db(), { role: "admin" });
    expect(await update({ ...root, version: 2 }, { role: "viewer" })).toMatchObject({ role: "viewer" });
    await expect(update(second, { disabled: true })).rejects.toMatchObject({ code: "last-admin" });
  });

  it("leaves one admin when two demote or disable each other at once", async () => {
    for (let round = 0; round < 10; round += 1) {
      await db().update(users).set({ disabledAt: new Date() });
      const [one, two] = [await insertPerson(db(), { role: "admin" }), await insertPerson(db(), { role: "admin" })];
      const outcomes = await Promise.allSettled([
        update(two, round % 2 === 0 ? { role: "viewer" } : { disabled: true }, actorOf(one)),
        update(one, round % 3 === 0 ? { role: "viewer" } : { disabled: true }, actorOf(two)),
      ]);
      const refused = outcomes.filter((outcome) => outcome.status === "rejected");
      expect(refused.map(({ reason }) => reason.code)).toEqual(["last-admin"]);
      const left = await listUsers(asRoot(), { ...nothing, query: { limit: 50, state: "active", role: "admin" } });
      expect(left.total).toBe(1);
    }
  });
});

describe("a person's sessions", () => {
  it("are listed while open, and all ended by an admin", async () => {
    const person = await insertPerson(db());
    const open = await insertSession(db(), person.id, { address: "203.0.113.9" });
    await insertSession(db(), person.id, { endedAt: new Date() });
    const input = { ...nothing, params: { id: person.id } };
    const { items } = await listUserSessions(asRoot(), input);
    expect(items).toMatchObject([{ id: open, current: false, address: "203.0.113.9" }]);
    expect(await endUserSessions(asRoot(), input)).toEqual({ ended: 1 });
    expect((await listUserSessions(asRoot(), input)).items).toEqual([]);
    expect(await lastAudit(person.id)).toMatchObject({ action: "user.end-sessions", after: { ended: 1 } });
    await expect(endUserSessions(asRoot(), { ...nothing, params: { id: newId("user") } })).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("a narrowed token that may manage people", () => {
  const manager = narrowToken("people:manage", "tokens:manage");

  it("makes, changes and resets nobody who may do more than itself", async () => {
    const viewer = await insertPerson(db());
    const id = { ...nothing, params: { id: viewer.id } };
    const rootId = { ...nothing, params: { id: root.id } };
    const tries = [
      () => invite("a@narrow.example", "admin", manager),
      () => invite("b@narrow.example", "viewer", manager),
      () => update(viewer, { role: "admin" }, manager),
      () => update(root, { name: "Mine" }, manager),
      () => update(root, { disabled: true }, manager),
      () => createUserLink(as(manager), id),
      () => createUserLink(as(manager), rootId),
      () => endUserSessions(as(manager), rootId),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ code: "not-allowed" });
    expect(await db().select().from(oneTimeLinks).where(eq(oneTimeLinks.userId, root.id))).toEqual([]);
  });

  it("does so for viewers where it may do what viewers do; for admins never, however long its list", async () => {
    const reader = narrowToken(
      "people:manage",
      "servers:read",
      "sources:read",
      "backups:read",
      "restores:read",
      "drills:read",
      "incidents:read",
      "policies:read",
      "gates:read",
      "runs:read",
      "audit:read",
      "system:read",
      "profile:edit",
    );
    const { user } = await invite("c@narrow.example", "viewer", reader);
    expect(user.role).toBe("viewer");
    await expect(invite("d@narrow.example", "admin", reader)).rejects.toMatchObject({ code: "not-allowed" });
    const [row] = await db().select().from(users).where(eq(users.id, user.id));
    if (row === undefined) throw new Error("nobody was invited");
    await expect(update(row, { role: "admin" }, reader)).rejects.toMatchObject({ code: "not-allowed" });
    expect(await update(row, { name: "Renamed" }, reader)).toMatchObject({ name: "Renamed" });
  });
});

it("a viewer sees and changes nobody", async () => {
  const viewer = actorOf(await insertPerson(db()));
  const id = { ...nothing, params: { id: root.id } };
  const tries = [
    () => listUsers(as(viewer), { ...nothing, query: { limit: 1 } }),
    () => getUser(as(viewer), id),
    () => invite("e@example.org", "viewer", viewer),
    () => update(root, { name: "x" }, viewer),
    () => createUserLink(as(viewer), id),
    () => listUserSessions(as(viewer), id),
    () => endUserSessions(as(viewer), id),
  ];
  for (const attempt of tries)
    await expect(attempt()).rejects.toMatchObject({ code: "not-allowed", params: { permission: "people:manage" } });
});
