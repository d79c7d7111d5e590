import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { sessions } from "#lib/db/schema/sessions";
import { signInAttempts } from "#lib/db/schema/sign-in-attempts";
import { users } from "#lib/db/schema/users";
import { hashPassword, verifyPassword } from "#lib/secrets/password";
import { testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { anonymousActor } from "#lib/auth/identify";
import { signIn, type SignInInput, signOut } from "./sign-in.ts";

const password = "correct horse battery";
let home: TestCatalogue;
let now: Date;
let ada: Omit<typeof users.$inferInsert, "id" | "email">;

beforeAll(async () => {
  home = await createCatalogue();
  const at = new Date();
  ada = { name: "Ada", role: "admin", passwordHash: await hashPassword(password), createdAt: at, updatedAt: at };
  await home.catalogue.db.insert(users).values([
    { ...ada, id: `usr_${"1".repeat(32)}`, email: "Ada@example.org" },
    { ...ada, id: `usr_${"2".repeat(32)}`, email: "gone@example.org", disabledAt: at },
    { ...ada, id: `usr_${"3".repeat(32)}`, email: "invited@example.org", passwordHash: null },
  ]);
});
afterAll(() => home.drop());
beforeEach(async () => {
  now = new Date();
  await home.catalogue.db.delete(signInAttempts);
});

function context(address = "203.0.113.5") {
  return testContext(home.catalogue, { actor: anonymousActor, address, now: () => now });
}

function credentials(changes: Partial<SignInInput> = {}): SignInInput {
  return { email: "ada@EXAMPLE.org", password, userAgent: "vitest", previousSessionId: null, ...changes };
}

async function lastAudit() {
  const [row] = await home.catalogue.db.select().from(auditEvents).orderBy(desc(auditEvents.at), desc(auditEvents.id)).limit(1);
  return row;
}

describe("signing in", () => {
  it("opens a session whatever the case of the address, and is audited under the person's name", async () => {
    const { sessionId, userId } = await signIn(context(), credentials());
    const [row] = await home.catalogue.db.select().from(sessions).where(eq(sessions.id, sessionId));
    expect(row).toMatchObject({ userId, address: "203.0.113.5", userAgent: "vitest", endedAt: null });
    expect(await lastAudit()).toMatchObject({ action: "session.sign-in", actorId: userId, actorName: "Ada", address: "203.0.113.5" });
  });

  it("ends the session that the browser still held and never takes over its id", async () => {
    const first = await signIn(context(), credentials());
    const second = await signIn(context(), credentials({ previousSessionId: first.sessionId }));
    expect(second.sessionId).not.toBe(first.sessionId);
    const [row] = await home.catalogue.db.select().from(sessions).where(eq(sessions.id, first.sessionId));
    expect(row?.endedAt).toEqual(now);
  });

  it.each([
    ["a wrong password", { password: "wrong password here" }],
    ["an unknown address", { email: "nobody@example.org" }],
    ["a disabled person", { email: "gone@example.org" }],
    ["an invited person without a password", { email: "invited@example.org" }],
  ])("does the same work and says the same for %s", async (_case, changes) => {
    const verify = vi.fn<typeof verifyPassword>(verifyPassword);
    await expect(signIn(context(), credentials(changes), verify)).rejects.toMatchObject({ code: "sign-in-failed", params: {} });
    expect(verify).toHaveBeenCalledTimes(1);
    expect(verify.mock.calls[0]?.[1]).toMatch(/^argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await lastAudit()).toMatchObject({ action: "session.sign-in-failed", actorName: "anonymous" });
  });

  it.each([
    ["disabled", { disabledAt: new Date() }],
    ["given another password", { passwordHash: "argon2id$another" }],
  ])("opens nothing for a person who is %s while the password is being checked", async (_case, change) => {
    const who = eq(users.email, "busy@example.org");
    await home.catalogue.db.delete(users).where(who);
    await home.catalogue.db.insert(users).values({ ...ada, id: `usr_${"4".repeat(32)}`, email: "busy@example.org" });
    const verify: typeof verifyPassword = async (...given) => {
      const isRight = await verifyPassword(...given);
      await home.catalogue.db.update(users).set(change).where(who);
      return isRight;
    };
    await expect(signIn(context(), credentials({ email: "busy@example.org" }), verify)).rejects.toMatchObject({ code: "sign-in-failed" });
    const opened = await home.catalogue.db
      .select()
      .from(sessions)
      .where(eq(sessions.userId, `usr_${"4".repeat(32)}`));
    expect(opened).toEqual([]);
    expect(await lastAudit()).toMatchObject({ action: "session.sign-in-failed", targetName: "busy@example.org" });
  });

  it("refuses what is no address and no password without asking the catalogue", async () => {
    const broken = testContext({ ...home.catalogue, db: null as never });
    for (const changes of [
      { email: "x" },
      { password: "" },
      { password: "x".repeat(201) },
      { email: { $ne: "" } },
      { password: undefined },
    ]) {
      await expect(signIn(broken, credentials(changes))).rejects.toMatchObject({ code: "sign-in-failed" });
    }
  });

  it("blocks an account after five wrong passwords, the right one included, until the wait is over", async () => {
    for (let nth = 0; nth < 5; nth += 1) {
      await expect(signIn(context(`198.51.100.${nth}`), credentials({ password: "wrong" }))).rejects.toMatchObject({
        code: "sign-in-failed",
      });
    }
    await expect(signIn(context(), credentials())).rejects.toMatchObject({ code: "sign-in-blocked", params: { retryAfterSeconds: 15 } });
    now = new Date(now.getTime() + 15_000);
    await expect(signIn(context(), credentials())).resolves.toMatchObject({ name: "Ada" });
    await expect(signIn(context(), credentials({ password: "wrong" }))).rejects.toMatchObject({ code: "sign-in-failed" });
  });

  it("counts tries that come at once: of thirty, five reach the password", async () => {
    const verify = vi.fn<typeof verifyPassword>(() => Promise.resolve(false));
    const tries = Array.from({ length: 30 }, (_value, nth) =>
      signIn(context(`198.51.100.${nth}`), credentials({ password: "wrong" }), verify),
    );
    const outcomes = (await Promise.allSettled(tries)).map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : "in"));
    expect(verify).toHaveBeenCalledTimes(5);
    expect(outcomes.filter((code) => code === "sign-in-blocked")).toHaveLength(25);
  });

  it("blocks one address that guesses at many accounts, and a sign-in of its own does not reset it", async () => {
    const verify = vi.fn<typeof verifyPassword>(() => Promise.resolve(false));
    const guess = (nth: number) => signIn(context(), credentials({ email: `a${nth}@example.org` }), verify);
    for (let nth = 0; nth < 19; nth += 1) await expect(guess(nth)).rejects.toMatchObject({ code: "sign-in-failed" });
    await signIn(context(), credentials());
    await expect(guess(20)).rejects.toMatchObject({ code: "sign-in-failed" });
    await expect(guess(21)).rejects.toMatchObject({ code: "sign-in-blocked" });
    await expect(signIn(context("198.51.100.77"), credentials())).resolves.toMatchObject({ name: "Ada" });
  });

  it("keeps no address in clear and no password at all", async () => {
    await expect(signIn(context(), credentials({ password: "canary-pa55word" }))).rejects.toMatchObject({ code: "sign-in-failed" });
    const rows = [await home.catalogue.db.select().from(signInAttempts), await home.catalogue.db.select().from(auditEvents)];
    expect(JSON.stringify(rows)).not.toContain("canary-pa55word");
    expect(JSON.stringify(rows[0])).not.toContain("example.org");
  });
});

describe("signing out", () => {
  it("ends the row, once, and is audited", async () => {
    const { sessionId, userId } = await signIn(context(), credentials());
    await signOut(context(), sessionId);
    await signOut(context(), sessionId);
    const events = await home.catalogue.db.select().from(auditEvents).where(eq(auditEvents.action, "session.sign-out"));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ actorId: userId, targetId: userId });
  });
});
