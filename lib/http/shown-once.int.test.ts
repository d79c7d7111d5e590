import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Endpoint } from "#lib/contracts/endpoint";
import { createChannel } from "#lib/contracts/notifications";
import { changeMyPassword, createUserLink, inspectLink, inviteUser, useLink } from "#lib/contracts/people";
import { createToken } from "#lib/contracts/tokens";
import { users } from "#lib/db/schema/users";
import { hashPassword } from "#lib/secrets/password";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { signedInPerson, type TestPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import type { Handler } from "./route.ts";
import { setRuntime } from "./runtime.ts";

const sameOrigin = { origin: "http://127.0.0.1:3210", "sec-fetch-site": "same-origin", "content-type": "application/json" };
const firstPassword = "canary first password";
const nextPassword = "canary next password";

let home: TestCatalogue;
let runtime: TestRuntime;
let admin: TestPerson;
const answers: string[] = [];

beforeAll(async () => {
  home = await createCatalogue();
  runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  admin = await signedInPerson(runtime, "admin");
  await home.catalogue.db
    .update(users)
    .set({ passwordHash: await hashPassword(firstPassword) })
    .where(eq(users.id, admin.userId));
});
afterAll(() => home.drop());

type Sent = { body?: unknown; id?: string; cookie?: string; key?: string };
type Answered = { status: number; text: string; replayed: boolean };

async function ask(endpoint: Endpoint, { body = {}, id = "", cookie = admin.cookie, key }: Sent): Promise<Answered> {
  const file = join(process.cwd(), "app", "api", "v1", endpoint.path.replaceAll(/\{(\w+)\}/g, "[$1]"), "route.ts");
  const handlers = (await import(/* @vite-ignore */ file)) as Record<string, Handler>;
  const handler = handlers[endpoint.method];
  if (handler === undefined) throw new Error(`${endpoint.method} is not exported`);
  const request = new Request(`http://127.0.0.1:3210/api/v1${endpoint.path.replace("{id}", id)}`, {
    method: endpoint.method,
    headers: { ...sameOrigin, cookie, ...(key === undefined ? {} : { "idempotency-key": key }) },
    body: JSON.stringify(body),
  });
  const response = await handler(request, { params: Promise.resolve({ id }) });
  const text = await response.text();
  answers.push(text);
  return { status: response.status, text, replayed: response.headers.get("idempotency-replayed") === "true" };
}

/** Everything that the catalogue holds, as text. */
async function everyRow(): Promise<string> {
  const tables = await home.catalogue.db.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'lifeboat'`,
  );
  const texts = await Promise.all(
    tables.map(({ name }) =>
      home.catalogue.db.execute<{ row: string }>(sql`select t::text as row from lifeboat.${sql.identifier(name)} t`),
    ),
  );
  return JSON.stringify(texts);
}

const linkToken = (text: string) => /lbl_[\w-]{43}/.exec(text)?.[0] ?? "";

describe("what is shown once", () => {
  it("comes back to a repeated request, and is nowhere else: no row, no line of the log, no other answer", async () => {
    const made = { name: "ci", role: "admin", scopes: null, expiresInDays: null };
    const [token, again] = [await ask(createToken, { body: made, key: "t" }), await ask(createToken, { body: made, key: "t" })];
    expect([token.status, again.status, again.replayed, again.text]).toEqual([201, 201, true, token.text]);
    const secret = (JSON.parse(token.text) as { secret: string }).secret;

    const eva = { email: "eva@example.org", name: "Eva", role: "viewer" };
    const [invited, invitedAgain] = [await ask(inviteUser, { body: eva, key: "i" }), await ask(inviteUser, { body: eva, key: "i" })];
    expect([invited.status, invitedAgain.text]).toEqual([201, invited.text]);
    const invitation = linkToken(invited.text);
    const { user } = JSON.parse(invited.text) as { user: { id: string } };

    const [link, linkAgain] = [await ask(createUserLink, { id: user.id, key: "l" }), await ask(createUserLink, { id: user.id, key: "l" })];
    expect([link.status, linkAgain.text]).toEqual([201, link.text]);
    const newest = linkToken(link.text);

    expect((await ask(inspectLink, { body: { token: invitation }, cookie: "" })).status).toBe(403);
    expect((await ask(inspectLink, { body: { token: newest }, cookie: "" })).status).toBe(200);
    expect((await ask(useLink, { body: { token: newest, password: "short" }, cookie: "" })).status).toBe(400);
    expect((await ask(useLink, { body: { token: newest, password: firstPassword }, cookie: "" })).status).toBe(200);
    expect((await ask(useLink, { body: { token: newest, password: firstPassword }, cookie: "" })).status).toBe(403);
    expect((await ask(changeMyPassword, { body: { current: nextPassword, next: nextPassword } })).status).toBe(400);
    expect((await ask(changeMyPassword, { body: { current: firstPassword, next: nextPassword } })).status).toBe(200);

    const hook = { name: "hook", config: { type: "webhook" }, secret: { url: "https://hooks.example.org/canary-hook-url" } };
    const [channel, channelAgain] = [
      await ask(createChannel, { body: hook, key: "c" }),
      await ask(createChannel, { body: hook, key: "c" }),
    ];
    expect([channel.status, channelAgain.text]).toEqual([201, channel.text]);
    const { signingKey } = JSON.parse(channel.text) as { signingKey: string };

    const rows = await everyRow();
    expect(rows).toContain("user.change-password");
    const logged = JSON.stringify(runtime.logged);
    expect(logged).toContain("useLink");
    for (const once of [secret, invitation, newest, signingKey]) {
      expect(once.length).toBe(47);
      // The random part alone: the first characters of a token are kept to tell tokens apart.
      expect(rows).not.toContain(once.slice(8));
      expect(logged).not.toContain(once.slice(8));
      expect(answers.filter((text) => text.includes(once.slice(8)))).toHaveLength(2);
    }
    for (const password of [firstPassword, nextPassword, "canary-hook-url"]) {
      expect(rows + logged + answers.join()).not.toContain(password);
    }
  });
});
