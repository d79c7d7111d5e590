import { afterAll, beforeAll, expect, it } from "vitest";
import { users } from "#lib/db/schema/users";
import { hashPassword, verifyPassword } from "#lib/secrets/password";
import { newId } from "#lib/testing/catalogue-rows";
import { testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { signIn } from "./sign-in.ts";

// FAULTS.md line 30: who is not there, who is disabled and who mistyped are answered with the same words after the same work.
let home: TestCatalogue;

beforeAll(async () => {
  home = await createCatalogue();
  const now = new Date();
  const person = { role: "viewer" as const, passwordHash: await hashPassword("the right password"), createdAt: now, updatedAt: now };
  await home.catalogue.db.insert(users).values([
    { id: newId("user"), email: "known@example.org", name: "Known", ...person },
    { id: newId("user"), email: "disabled@example.org", name: "Disabled", disabledAt: now, ...person },
  ]);
});
afterAll(() => home.drop());

it.each([
  ["an unknown account", "nobody@example.org", "the right password"],
  ["a wrong password", "known@example.org", "a wrong password"],
  ["a disabled account and its right password", "disabled@example.org", "the right password"],
])("does one password's work for %s, at the same cost, and says the same", async (_, email, password) => {
  const costs: string[] = [];
  const verify: typeof verifyPassword = (given, stored) => {
    costs.push(stored.split("$").slice(0, 3).join("$"));
    return verifyPassword(given, stored);
  };
  const context = testContext(home.catalogue, { address: "10.0.0.7" });
  const input = { email, password, userAgent: "test", previousSessionId: null };
  await expect(signIn(context, input, verify)).rejects.toMatchObject({ code: "sign-in-failed", params: {} });
  expect(costs).toEqual([expect.stringMatching(/^argon2id\$v=19\$m=19456,t=2,p=1$/)]);
});
