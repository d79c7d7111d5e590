import { and, eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anonymousActor } from "#lib/auth/identify";
import { auditEvents } from "#lib/db/schema/audit-events";
import { oneTimeLinks } from "#lib/db/schema/one-time-links";
import { sessions } from "#lib/db/schema/sessions";
import { signInAttempts } from "#lib/db/schema/sign-in-attempts";
import { users } from "#lib/db/schema/users";
import { hashPassword } from "#lib/secrets/password";
import type { Actor } from "#lib/services/context";
import { newId } from "#lib/testing/catalogue-rows";
import { testContext } from "#lib/testing/context";
import { actorOf, insertPerson, insertSession, type PersonRow } from "#lib/testing/people-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { changeMyPassword } from "./change-my-password.ts";
import { createUserLink } from "./create-user-link.ts";
import { endMyOtherSessions } from "./end-my-other-sessions.ts";
import { endMySession } from "./end-my-session.ts";
import { listMySessions } from "./list-my-sessions.ts";
import { signIn } from "./sign-in.ts";

const nothing = { params: {}, query: {}, body: {}, ifMatch: null };
const password = "correct horse battery";
const nextPassword = "staple tractor engine";
let home: TestCatalogue;
let passwordHash: string;
let person: PersonRow;
let current: string;

beforeAll(async () => {
  home = await createCatalogue();
  passwordHash = await hashPassword(password);
});
afterAll(() => home.drop());
beforeEach(async () => {
  await home.catalogue.db.delete(signInAttempts);
  person = await insertPerson(home.catalogue.db, { passwordHash });
  current = await insertSession(home.catalogue.db, person.id);
});

const db = () => home.catalogue.db;
const as = (actor: Actor) => testContext(home.catalogue, { actor });
const me = () => as(actorOf(person, current));
const token: Actor = { type: "token", id: newId("token"), name: "t", role: "admin", scopes: null, sessionId: null };
const change = (body: { current: string; next: string }, context = me()) => changeMyPassword(context, { ...nothing, body });

async function openSessions(): Promise<string[]> {
  const rows = await db()
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, person.id), isNull(sessions.endedAt)));
  return rows.map(({ id }) => id);
}

const audited = (action: string) =>
  db()
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.action, action), eq(auditEvents.targetId, person.id)));

const enter = (secret: string) =>
  signIn(testContext(home.catalogue, { actor: anonymousActor }), {
    email: person.email,
    password: secret,
    userAgent: "test",
    previousSessionId: null,
  });

describe("one's own sessions", () => {
  it("are listed with the one that asks, and ended one by one; somebody else's is not there", async () => {
    const other = await insertSession(db(), person.id);
    const foreign = await insertSession(db(), (await insertPerson(db())).id);
    const { items } = await listMySessions(me());
    expect(new Map(items.map((item) => [item.id, item.current]))).toEqual(
      new Map([
        [current, true],
        [other, false],
      ]),
    );
    const end = (id: string) => endMySession(me(), { ...nothing, params: { id } });
    await expect(end(foreign)).rejects.toMatchObject({ code: "not-found", params: { entity: "session" } });
    expect(await end(other)).toEqual({ ended: 1 });
    await expect(end(other)).rejects.toMatchObject({ code: "not-found" });
    expect(await openSessions()).toEqual([current]);
    const [left] = await db().select().from(sessions).where(eq(sessions.id, foreign));
    expect(left?.endedAt).toBeNull();
    expect(await audited("session.end")).toHaveLength(1);
  });

  it("end together, but the one that asks", async () => {
    await insertSession(db(), person.id);
    await insertSession(db(), person.id);
    const foreign = await insertSession(db(), (await insertPerson(db())).id);
    expect(await endMyOtherSessions(me())).toEqual({ ended: 2 });
    expect(await openSessions()).toEqual([current]);
    const [left] = await db().select().from(sessions).where(eq(sessions.id, foreign));
    expect(left?.endedAt).toBeNull();
    expect(await audited("session.end-others")).toMatchObject([{ after: { ended: 2 } }]);
  });

  it("are not a token's", async () => {
    await expect(listMySessions(as(token))).rejects.toMatchObject({ code: "not-allowed" });
    await expect(endMyOtherSessions(as(token))).rejects.toMatchObject({ code: "not-allowed" });
    await expect(endMySession(as(token), { ...nothing, params: { id: current } })).rejects.toMatchObject({ code: "not-allowed" });
  });
});

describe("one's own password", () => {
  it("changes with the current one, and ends every other session and a waiting link", async () => {
    await insertSession(db(), person.id);
    await createUserLink(testContext(home.catalogue), { ...nothing, params: { id: person.id } });
    expect(await change({ current: password, next: nextPassword })).toEqual({ ended: 1 });
    expect(await openSessions()).toEqual([current]);
    expect(await db().select().from(oneTimeLinks).where(eq(oneTimeLinks.userId, person.id))).toEqual([]);
    await expect(enter(password)).rejects.toMatchObject({ code: "sign-in-failed" });
    await expect(enter(nextPassword)).resolves.toMatchObject({ userId: person.id });
    const events = await audited("user.change-password");
    expect(events).toMatchObject([{ actorId: person.id, after: { ended: 1 } }]);
    expect(JSON.stringify([events, await db().select().from(users)])).not.toMatch(/staple tractor|correct horse/);
  });

  it("stays when the current one is wrong, which is recorded and ends nothing", async () => {
    await insertSession(db(), person.id);
    await expect(change({ current: "not my password", next: nextPassword })).rejects.toMatchObject({
      code: "password-not-yours",
      params: {},
    });
    expect(await openSessions()).toHaveLength(2);
    expect(await audited("user.change-password-failed")).toHaveLength(1);
    await expect(enter(password)).resolves.toMatchObject({ userId: person.id });
  });

  it("cannot be guessed with a stolen session: after five tries the account waits, here and at the sign-in", async () => {
    for (let nth = 0; nth < 5; nth += 1) {
      await expect(change({ current: `guess ${nth}`, next: nextPassword })).rejects.toMatchObject({ code: "password-not-yours" });
    }
    await expect(change({ current: password, next: nextPassword })).rejects.toMatchObject({ code: "sign-in-blocked" });
    await expect(enter(password)).rejects.toMatchObject({ code: "sign-in-blocked" });
  });

  it("changes once when two changes come at once with the same current one", async () => {
    const both = await Promise.allSettled([
      change({ current: password, next: nextPassword }),
      change({ current: password, next: "another long password" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((outcome) => outcome.status === "rejected")?.reason).toMatchObject({ code: "password-not-yours" });
  });

  it("is nothing that a token has", async () => {
    await expect(change({ current: password, next: nextPassword }, as(token))).rejects.toMatchObject({
      code: "not-allowed",
      params: { permission: "profile:edit" },
    });
  });
});
