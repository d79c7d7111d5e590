import { and, eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { anonymousActor } from "#lib/auth/identify";
import { auditEvents } from "#lib/db/schema/audit-events";
import { oneTimeLinks } from "#lib/db/schema/one-time-links";
import { sessions } from "#lib/db/schema/sessions";
import { signInAttempts } from "#lib/db/schema/sign-in-attempts";
import { users } from "#lib/db/schema/users";
import { hashPassword } from "#lib/secrets/password";
import { testContext } from "#lib/testing/context";
import { insertPerson, insertSession, type PersonRow } from "#lib/testing/people-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { createUserLink } from "./create-user-link.ts";
import { inspectLink } from "./inspect-link.ts";
import { attemptKey, reserveAttempt } from "./sign-in-limit.ts";
import { signIn } from "./sign-in.ts";
import { useLink } from "./use-link.ts";

const nothing = { params: {}, query: {}, ifMatch: null };
const password = "correct horse battery";
let home: TestCatalogue;
let now: Date;
beforeAll(async () => {
  home = await createCatalogue();
});
afterAll(() => home.drop());
beforeEach(async () => {
  now = new Date();
  await home.catalogue.db.delete(signInAttempts);
});

const db = () => home.catalogue.db;
const nobody = (address = "203.0.113.5") => testContext(home.catalogue, { actor: anonymousActor, address, now: () => now });

async function linkFor(person: PersonRow): Promise<string> {
  const link = await createUserLink(testContext(home.catalogue, { now: () => now }), { ...nothing, params: { id: person.id }, body: {} });
  return link.path.split("#")[1] ?? "";
}

const use = (token: string, next = password, address?: string) => useLink(nobody(address), { ...nothing, body: { token, password: next } });
const inspect = (token: string, address?: string) => inspectLink(nobody(address), { ...nothing, body: { token } });
const enter = (email: string, secret: string) =>
  signIn(nobody("198.51.100.1"), { email, password: secret, userAgent: "test", previousSessionId: null });

describe("a one-time link", () => {
  it("sets the first password of somebody invited, who could not sign in before", async () => {
    const person = await insertPerson(db(), { passwordHash: null });
    await expect(enter(person.email, password)).rejects.toMatchObject({ code: "sign-in-failed" });
    const token = await linkFor(person);
    expect(await inspect(token)).toMatchObject({ purpose: "invite", email: person.email, name: "Ada" });
    expect(await use(token)).toEqual({ email: person.email });
    expect(await enter(person.email, password)).toMatchObject({ userId: person.id });
    const [event] = await db().select().from(auditEvents).where(eq(auditEvents.action, "user.accept-invite"));
    expect(event).toMatchObject({ actorId: person.id, targetId: person.id, address: "203.0.113.5" });
  });

  it("sets a new password, ends every session, and works for a day", async () => {
    const person = await insertPerson(db());
    const expiresAt = new Date(now.getTime() + 7 * 24 * 3_600_000);
    await insertSession(db(), person.id, { expiresAt });
    await insertSession(db(), person.id, { expiresAt });
    const token = await linkFor(person);
    expect(Date.parse((await inspect(token)).expiresAt) - now.getTime()).toBe(24 * 3_600_000);
    now = new Date(now.getTime() + 24 * 3_600_000 - 1);
    await use(token);
    const open = await db()
      .select()
      .from(sessions)
      .where(and(eq(sessions.userId, person.id), isNull(sessions.endedAt)));
    expect(open).toEqual([]);
    expect(await db().select().from(auditEvents).where(eq(auditEvents.targetId, person.id))).toMatchObject([
      { action: "user.create-link" },
      { action: "user.reset-password", after: { ended: 2 } },
    ]);
  });

  it("says the same whether it never was, was used, replaced, is too old, or its person is disabled", async () => {
    const person = await insertPerson(db());
    const replaced = await linkFor(person);
    const used = await linkFor(person);
    await use(used);
    const old = await linkFor(await insertPerson(db()));
    const gone = await insertPerson(db());
    const ofDisabled = await linkFor(gone);
    await db().update(users).set({ disabledAt: now }).where(eq(users.id, gone.id));
    now = new Date(now.getTime() + 24 * 3_600_000);
    await db()
      .update(oneTimeLinks)
      .set({ expiresAt: new Date(now.getTime() + 1000) })
      .where(eq(oneTimeLinks.userId, gone.id));
    for (const [nth, token] of [`lbl_${"x".repeat(43)}`, replaced, used, old, ofDisabled].entries()) {
      const problem = { code: "link-invalid", params: {} };
      await expect(inspect(token, `198.51.100.${nth}`)).rejects.toMatchObject(problem);
      const hash = vi.fn<typeof hashPassword>(hashPassword);
      const input = { ...nothing, body: { token, password } };
      await expect(useLink(nobody(`198.51.100.${nth}`), input, hash)).rejects.toMatchObject(problem);
      // The one costly step is done for each of them: time tells no more than the answer.
      expect(hash).toHaveBeenCalledTimes(1);
    }
  });

  it("lets one of many through who come at once", async () => {
    const person = await insertPerson(db(), { passwordHash: null });
    const token = await linkFor(person);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_value, nth) => use(token, `correct horse battery ${nth}`, `198.51.100.${nth}`)),
    );
    const won = outcomes.flatMap((outcome, nth) => (outcome.status === "fulfilled" ? [nth] : []));
    expect(won).toHaveLength(1);
    expect(outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []))).toEqual(
      Array.from({ length: 7 }, () => "link-invalid"),
    );
    await expect(enter(person.email, `correct horse battery ${won[0]}`)).resolves.toMatchObject({ userId: person.id });
  });

  it("is one a person: of many made at once, the newest alone works", async () => {
    const person = await insertPerson(db());
    const made = await Promise.all(Array.from({ length: 5 }, () => linkFor(person)));
    expect(await db().select().from(oneTimeLinks).where(eq(oneTimeLinks.userId, person.id))).toHaveLength(1);
    const answers = await Promise.allSettled(made.map((token, nth) => inspect(token, `198.51.100.${nth}`)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("cannot be guessed at: an address is made to wait, for looking and for using together", async () => {
    const token = await linkFor(await insertPerson(db()));
    const wrong = `lbl_${"x".repeat(43)}`;
    for (let nth = 0; nth < 10; nth += 1) {
      await expect(nth % 2 === 0 ? inspect(wrong) : use(wrong)).rejects.toMatchObject({ code: "link-invalid" });
    }
    await expect(inspect(token)).rejects.toMatchObject({ code: "sign-in-blocked", params: { retryAfterSeconds: 15 } });
    await expect(use(token)).rejects.toMatchObject({ code: "sign-in-blocked" });
    await expect(inspect(token, "198.51.100.7")).resolves.toMatchObject({ purpose: "reset" });
  });

  it("lets its person in although somebody else guessed the account into a wait", async () => {
    const person = await insertPerson(db());
    for (let nth = 0; nth < 5; nth += 1) await reserveAttempt(db(), [attemptKey("account", person.email)], now);
    await expect(enter(person.email, password)).rejects.toMatchObject({ code: "sign-in-blocked" });
    await use(await linkFor(person));
    await expect(enter(person.email, password)).resolves.toMatchObject({ userId: person.id });
  });

  it("leaves neither its token nor the password in a row of the catalogue", async () => {
    const person = await insertPerson(db());
    const token = await linkFor(person);
    await use(token, "canary-pa55word-link");
    const rows = await Promise.all([oneTimeLinks, users, auditEvents, sessions, signInAttempts].map((table) => db().select().from(table)));
    expect(JSON.stringify(rows)).not.toContain(token.slice(4));
    expect(JSON.stringify(rows)).not.toContain("canary-pa55word-link");
  });
});
