import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { runs } from "#lib/db/schema/runs";
import { runSteps } from "#lib/db/schema/run-steps";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { systemActor } from "../context.ts";
import { passwordContext } from "../servers/secrets.ts";
import { ensureInstallation } from "../setup/ensure-installation.ts";
import { registerSample } from "./register.ts";
import { startSample } from "./request.ts";

const input = { params: {}, query: {}, body: {}, ifMatch: null };
const address = { host: "127.0.0.1", port: 5999, username: "lifeboat", password: "canary-password", database: "shop" };

let home: TestCatalogue;
let context: TestContext;
let system: TestContext;

beforeEach(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  system = testContext(home.catalogue, { actor: systemActor, keyring: context.keyring });
  await ensureInstallation(context);
});
afterEach(() => home.drop());

test("the sample is asked for once, however often the button is pressed", async () => {
  expect(await startSample(context, input)).toEqual({ state: "requested" });
  expect(await startSample(context, input)).toEqual({ state: "requested" });
  expect(await context.db.select().from(auditEvents).where(eq(auditEvents.action, "sample.request"))).toHaveLength(1);
});

test("a viewer may not ask for the sample", async () => {
  const viewer = testContext(home.catalogue, { actor: testActor("viewer") });
  await expect(startSample(viewer, input)).rejects.toMatchObject({ code: "not-allowed" });
});

test("registering makes one server, one source and one backup run, labelled as sample", async () => {
  await startSample(context, input);
  expect(await registerSample(system, address)).toBe("registered");
  expect(await registerSample(system, address)).toBe("present");
  const [server, ...others] = await context.db.select().from(servers);
  expect(others).toEqual([]);
  expect(server).toMatchObject({ isSample: true, host: "127.0.0.1", port: 5999 });
  expect(server?.passwordSealed).not.toContain("canary-password");
  expect(await context.db.select().from(sources)).toMatchObject([{ isSample: true, database: "shop", serverId: server?.id }]);
  expect(await context.db.select().from(runs)).toMatchObject([{ type: "backup", trigger: "setup", state: "queued" }]);
  expect(system.woken).toHaveLength(1);
  expect(JSON.stringify(await context.db.select().from(auditEvents))).not.toContain("canary-password");
  expect(await startSample(context, input)).toEqual({ state: "present" });
});

test("a cluster that came back on another port is followed", async () => {
  await registerSample(system, address);
  expect(await registerSample(system, { ...address, port: 6001, password: "another-password" })).toBe("present");
  const [server] = await context.db.select().from(servers);
  expect(server).toMatchObject({ port: 6001, version: 2 });
  expect(context.keyring.open(server?.passwordSealed ?? "", passwordContext(server?.id ?? ""))).toBe("another-password");
});

test("a sample that somebody deleted stays away until it is asked for again", async () => {
  await startSample(context, input);
  await registerSample(system, address);
  await context.db.delete(runSteps);
  await context.db.delete(runs);
  await context.db.delete(sources);
  await context.db.delete(servers);
  expect(await registerSample(system, address)).toBe("removed");
  expect(await context.db.select().from(servers)).toEqual([]);
  expect(await startSample(context, input)).toEqual({ state: "requested" });
  expect(await registerSample(system, address)).toBe("registered");
});
