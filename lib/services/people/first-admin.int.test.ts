import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identify } from "#lib/auth/identify";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { auditEvents } from "#lib/db/schema/audit-events";
import { setupTokens } from "#lib/db/schema/setup-tokens";
import { users } from "#lib/db/schema/users";
import { systemActor } from "#lib/services/context";
import { ensureInstallation } from "#lib/services/setup/ensure-installation";
import { testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { ensureBootstrapToken } from "./bootstrap-token.ts";
import { createFirstAdmin, prepareFirstAdmin } from "./first-admin.ts";
import { getSetupState } from "./setup-state.ts";

let home: TestCatalogue;
let now: Date;
beforeEach(async () => {
  home = await createCatalogue();
  now = new Date();
});
afterEach(() => home.drop());

function context(address = "203.0.113.5") {
  return testContext(home.catalogue, { actor: systemActor, address, now: () => now });
}

function request(token: string, email = "ada@example.org") {
  return { params: {}, query: {}, body: { token, name: "Ada", email, password: "correct horse battery" }, ifMatch: null };
}

async function link(): Promise<string> {
  const outcome = await prepareFirstAdmin(context(), null);
  if (outcome.kind !== "link") throw new Error(`expected a link, got ${outcome.kind}`);
  return outcome.token;
}

describe("the first admin", () => {
  it("is made once with the link, of which only a digest is stored", async () => {
    const token = await link();
    expect(await getSetupState(context())).toEqual({ needsAdmin: true });
    expect(JSON.stringify(await home.catalogue.db.select().from(setupTokens))).not.toContain(token);
    const { id } = await createFirstAdmin(context(), request(token));
    const [user] = await home.catalogue.db.select().from(users);
    expect(user).toMatchObject({ id, email: "ada@example.org", role: "admin", disabledAt: null });
    expect(await getSetupState(context())).toEqual({ needsAdmin: false });
    await expect(createFirstAdmin(context(), request(token, "eve@example.org"))).rejects.toMatchObject({ code: "setup-done" });
    const audit = await home.catalogue.db.select().from(auditEvents).where(eq(auditEvents.action, "user.create"));
    expect(audit).toHaveLength(1);
    expect(JSON.stringify(audit)).not.toMatch(/correct horse|argon2id/);
  });

  it("is one, when two requests come at once with the same link", async () => {
    const token = await link();
    const both = await Promise.allSettled([
      createFirstAdmin(context(), request(token)),
      createFirstAdmin(context(), request(token, "eve@example.org")),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await home.catalogue.db.select().from(users)).toHaveLength(1);
  });

  it("is refused with a wrong, an old and a replaced link; then nothing is left", async () => {
    const replaced = await link();
    const token = await link();
    await expect(createFirstAdmin(context(), request("x".repeat(43)))).rejects.toMatchObject({ code: "setup-token-invalid" });
    await expect(createFirstAdmin(context(), request(replaced))).rejects.toMatchObject({ code: "setup-token-invalid" });
    now = new Date(now.getTime() + 24 * 60 * 60 * 1000);
    await expect(createFirstAdmin(context(), request(token))).rejects.toMatchObject({ code: "setup-token-invalid" });
    expect(await home.catalogue.db.select().from(users)).toEqual([]);
  });

  it("cannot be guessed at: an address is made to wait", async () => {
    await link();
    for (let nth = 0; nth < 10; nth += 1)
      await expect(createFirstAdmin(context(), request("x".repeat(43)))).rejects.toMatchObject({ code: "setup-token-invalid" });
    await expect(createFirstAdmin(context(), request("x".repeat(43)))).rejects.toMatchObject({ code: "sign-in-blocked" });
  });

  it("comes from the configuration where that names one, and a second start finds it", async () => {
    const credentials = { email: "root@example.org", password: "correct horse battery" };
    expect(await prepareFirstAdmin(context(), credentials)).toEqual({ kind: "created", email: "root@example.org" });
    expect(await prepareFirstAdmin(context(), { ...credentials, email: "other@example.org" })).toEqual({ kind: "present" });
    expect(await prepareFirstAdmin(context(), null)).toEqual({ kind: "present" });
  });
});

describe("start-up", () => {
  it("makes one installation however many processes start", async () => {
    const made = await Promise.all([1, 2, 3].map(() => ensureInstallation(context())));
    expect(new Set(made.map(({ installationId }) => installationId)).size).toBe(1);
  });

  it("makes the bootstrap token an admin, once, and does not bring back a revoked one", async () => {
    const token = "b".repeat(40);
    await ensureBootstrapToken(context(), token);
    await ensureBootstrapToken(context(), token);
    const rows = await home.catalogue.db.select().from(apiTokens);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
    const who = () =>
      identify(new Headers({ authorization: `Bearer ${token}` }), {
        db: home.catalogue.db,
        keyring: context().keyring,
        publicUrl: "http://127.0.0.1",
        now,
      });
    expect(await who()).toMatchObject({ type: "token", role: "admin", scopes: null });
    await home.catalogue.db.update(apiTokens).set({ revokedAt: now });
    await ensureBootstrapToken(context(), token);
    expect(await who()).toBeNull();
  });
});
