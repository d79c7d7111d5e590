import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runs } from "#lib/db/schema/runs";
import { insertBackup, insertDestination, insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { addSchedule } from "#lib/testing/schedule-rows";
import { systemActor } from "../context.ts";
import { createScheduler } from "./tick.ts";

const nominal = new Date("2026-11-22T23:00:00Z");

let home: TestCatalogue;
let context: TestContext;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue, { actor: systemActor });
});
afterAll(() => home.drop());

it.each(["full", "verify", "clean-up"] as const)(
  "%s: the workers are those of its schedule, else of its source, else of its server",
  async (task) => {
    const destinationId = await insertDestination(context.db);
    const serverId = await insertServer(context.db, { workerGroup: "by-server" });
    const add = async (own: string | null, ofSource: string | null) => {
      const sourceId = await insertSource(context.db, serverId, { workerGroup: ofSource });
      await insertBackup(context.db, { sourceId, destinationId }, { snapshotAt: new Date(nominal.getTime() - 3_600_000) });
      await addSchedule(context.db, sourceId, nominal, { task, workerGroup: own });
      return sourceId;
    };
    const sourceIds = [await add("by-schedule", "by-source"), await add(null, "by-source"), await add(null, null)];
    const readClock = () => Promise.resolve(new Date(nominal.getTime() + 1000));
    await createScheduler({ context, logger: quietLogger, recheckMs: 60_000, readClock, countMs: () => 0 }).tick();
    const groups: (string | undefined)[] = [];
    for (const id of sourceIds) groups.push((await context.db.select().from(runs).where(eq(runs.sourceId, id)))[0]?.workerGroup);
    expect(groups).toEqual(["by-schedule", "by-source", "by-server"]);
  },
);
