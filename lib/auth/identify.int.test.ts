import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCatalogue } from "#lib/db/client";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { sessions } from "#lib/db/schema/sessions";
import { users } from "#lib/db/schema/users";
import { addressHeader } from "#lib/http/client-address";
import { insertPerson, type PersonRow } from "#lib/testing/people-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { bearerToken, signedInPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { tokenHash } from "#lib/secrets/token";
import { identify } from "./identify.ts";

let home: TestCatalogue;
let runtime: TestRuntime;
beforeAll(async () => {
  home = await createCatalogue();
  runtime = testRuntime(home.catalogue);
});
afterAll(() => home.drop());

function who(headers: Record<string, string>, db = home.catalogue.db, now = new Date()) {
  return identify(new Headers(headers), { db, keyring: runtime.keyring, publicUrl: runtime.env.publicUrl, now });
}

describe("a session's cookie", () => {
  it("names its person", async () => {
    const { cookie, userId, sessionId } = await signedInPerson(runtime, "viewer");
    expect(await who({ cookie: `theme=dark; ${cookie}; other=1` })).toMatchObject({
      type: "user",
      id: userId,
      sessionId,
      role: "viewer",
      scopes: null,
    });
  });

  it("is worth nothing once the person is disabled, the session ended, over or long idle", async () => {
    const hourAgo = new Date(Date.now() - 3_600_000);
    const dayAgo = new Date(Date.now() - 25 * 3_600_000);
    const disabled = await signedInPerson(runtime, "admin");
    await home.catalogue.db.update(users).set({ disabledAt: new Date() }).where(eq(users.id, disabled.userId));
    const people = [
      disabled,
      await signedInPerson(runtime, "admin", { endedAt: hourAgo }),
      await signedInPerson(runtime, "admin", { expiresAt: hourAgo }),
      await signedInPerson(runtime, "admin", { lastSeenAt: dayAgo }),
    ];
    expect(await Promise.all(people.map(({ cookie }) => who({ cookie })))).toEqual([null, null, null, null]);
  });

  it("is worth nothing when it began under a clock that was years ahead, once the clock is right again", async () => {
    const ahead = (ms: number) => new Date(Date.now() + 10 * 365 * 24 * 3_600_000 + ms);
    const future = { createdAt: ahead(0), lastSeenAt: ahead(0), expiresAt: ahead(7 * 24 * 3_600_000) };
    const person = await signedInPerson(runtime, "admin", future);
    expect(await who({ cookie: person.cookie })).toBeNull();
    const slightly = await signedInPerson(runtime, "admin", { createdAt: new Date(Date.now() + 60_000) });
    expect(await who({ cookie: slightly.cookie })).not.toBeNull();
  });

  it("ends at once when the row goes away", async () => {
    const { cookie, sessionId } = await signedInPerson(runtime, "admin");
    expect(await who({ cookie })).not.toBeNull();
    await home.catalogue.db.delete(sessions).where(eq(sessions.id, sessionId));
    expect(await who({ cookie })).toBeNull();
  });

  it("counts only when this installation sealed it", async () => {
    const { cookie } = await signedInPerson(testRuntime(home.catalogue), "admin");
    const own = (await signedInPerson(runtime, "admin")).cookie;
    // In its middle: the last character of base64url may carry bits that decode to nothing, and is the same then.
    const middle = Math.floor(own.length / 2);
    const changed = `${own.slice(0, middle)}${own[middle] === "A" ? "B" : "A"}${own.slice(middle + 1)}`;
    expect(await who({ cookie: own })).not.toBeNull();
    expect(await who({ cookie })).toBeNull();
    expect(await who({ cookie: changed })).toBeNull();
    expect(await who({ cookie: "next-auth.session-token=" })).toBeNull();
    expect(await who({})).toBeNull();
  });
});

describe("a bearer token", () => {
  it("names its role and notes its use", async () => {
    const token = await bearerToken(runtime, "viewer", { scopes: ["servers:read"] });
    expect(await who({ authorization: `bearer ${token}` })).toMatchObject({
      type: "token",
      role: "viewer",
      scopes: ["servers:read"],
      sessionId: null,
    });
    const [row] = await home.catalogue.db
      .select()
      .from(apiTokens)
      .where(eq(apiTokens.tokenHash, tokenHash(token)));
    expect(row?.lastUsedAt).not.toBeNull();
  });

  it("is nobody's when revoked, expired, unknown or not a bearer token, even beside a good cookie", async () => {
    const { cookie } = await signedInPerson(runtime, "admin");
    const revoked = await bearerToken(runtime, "admin", { revokedAt: new Date() });
    const expired = await bearerToken(runtime, "admin", { expiresAt: new Date(Date.now() - 1) });
    for (const authorization of [`Bearer ${revoked}`, `Bearer ${expired}`, "Bearer nothing", "Bearer ", "Basic YTpi", ""]) {
      expect(await who({ authorization, cookie })).toBeNull();
    }
  });
});

describe("a token's maker", () => {
  const tokenOf = async (maker: PersonRow) => ({ authorization: `Bearer ${await bearerToken(runtime, "admin", { createdBy: maker.id })}` });
  const change = (maker: PersonRow, values: Partial<PersonRow>) =>
    home.catalogue.db.update(users).set(values).where(eq(users.id, maker.id));

  it("is asked for on each request: disabled, the token is nobody's; enabled, it works again", async () => {
    const maker = await insertPerson(home.catalogue.db, { role: "admin" });
    const headers = await tokenOf(maker);
    expect(await who(headers)).toMatchObject({ type: "token", role: "admin" });
    await change(maker, { disabledAt: new Date() });
    expect(await who(headers)).toBeNull();
    await change(maker, { disabledAt: null });
    expect(await who(headers)).toMatchObject({ type: "token", role: "admin" });
  });

  it("bounds it: the token of an admin who became a viewer acts as a viewer, and is no admin's by the maker's rise", async () => {
    const maker = await insertPerson(home.catalogue.db, { role: "admin" });
    const headers = await tokenOf(maker);
    await change(maker, { role: "viewer" });
    expect(await who(headers)).toMatchObject({ role: "viewer" });
    await change(maker, { role: "admin" });
    expect(await who(headers)).toMatchObject({ role: "admin" });
    const lesser = await bearerToken(runtime, "viewer", { createdBy: maker.id });
    expect(await who({ authorization: `Bearer ${lesser}` })).toMatchObject({ role: "viewer" });
  });
});

it("a role counts from the next request on", async () => {
  const { cookie, userId } = await signedInPerson(runtime, "admin");
  await home.catalogue.db.update(users).set({ role: "viewer" }).where(eq(users.id, userId));
  expect(await who({ cookie })).toMatchObject({ role: "viewer" });
});

it("a token's last use keeps its address, anew when that changes and else once a minute", async () => {
  const token = await bearerToken(runtime, "viewer");
  const at = new Date("2026-01-05T00:00:00.000Z");
  const use = async (address: string, seconds: number) => {
    const now = new Date(at.getTime() + seconds * 1000);
    await who({ authorization: `Bearer ${token}`, [addressHeader]: address }, home.catalogue.db, now);
    const [row] = await home.catalogue.db
      .select()
      .from(apiTokens)
      .where(eq(apiTokens.tokenHash, tokenHash(token)));
    return [row?.lastUsedAddress, row?.lastUsedAt === null ? null : ((row?.lastUsedAt.getTime() ?? 0) - at.getTime()) / 1000];
  };
  expect(await use("203.0.113.1", 0)).toEqual(["203.0.113.1", 0]);
  expect(await use("203.0.113.1", 59)).toEqual(["203.0.113.1", 0]);
  expect(await use("203.0.113.2", 59)).toEqual(["203.0.113.2", 59]);
  expect(await use("203.0.113.2", 120)).toEqual(["203.0.113.2", 120]);
});

it("an unreachable catalogue is an error, never somebody", async () => {
  const down = openCatalogue("postgres://nobody@127.0.0.1:1/none", { applicationName: "test" });
  const { cookie } = await signedInPerson(runtime, "admin");
  await expect(who({ cookie }, down.db)).rejects.toThrow(/Failed query|ECONNREFUSED/);
  await down.close();
});
