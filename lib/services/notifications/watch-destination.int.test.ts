import { isNull } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { installation } from "#lib/db/schema/installation";
import { insertBackup, insertDestination, insertServer, insertSource, insertWorker } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { loadInstallationTroubles } from "../system/troubles.ts";
import { watchDestination } from "./watch-destination.ts";
import { watchStates } from "./watch.ts";

let home: TestCatalogue;
let context: TestContext;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
});
afterAll(() => home.drop());

it("a destination that a host does not see is told as long as the host has a worker, and is over when the host is gone", async () => {
  const { db } = context;
  const now = Date.now();
  const minutes = (count: number) => new Date(now + count * 60_000);
  await db.insert(installation).values({ id: "installation", createdAt: minutes(0), lastSeenAt: minutes(0) });
  const [serverId, id] = [await insertServer(db), await insertDestination(db)];
  await insertBackup(db, { sourceId: await insertSource(db, serverId), destinationId: id });
  await insertWorker(db, { hostName: "3f9c1a2b7d10", heartbeatAt: minutes(0), stoppedAt: minutes(0) });
  await insertWorker(db, { hostName: "a81b:c", heartbeatAt: minutes(120) });
  const sees = (isThere: boolean, hostName: string) => {
    const prepare = () => (isThere ? Promise.resolve() : Promise.reject(new Error("not mounted")));
    return watchDestination(context, { destination: { id, path: "/backups", storage: { prepare } } as never, hostName });
  };
  const open = async (at: Date) => {
    await watchStates(context, quietLogger, at);
    const rows = await db.select({ key: alerts.key }).from(alerts).where(isNull(alerts.resolvedAt));
    return rows
      .map(({ key }) => key)
      .filter((key) => key.startsWith("destination-unreachable"))
      .toSorted();
  };
  await sees(false, "3f9c1a2b7d10");
  await sees(false, "a81b:c");
  const both = [`destination-unreachable:${id}:3f9c1a2b7d10`, `destination-unreachable:${id}:a81b:c`];
  expect(await open(minutes(0))).toEqual(both);
  // A restart takes a while, and changes nothing.
  expect(await open(minutes(9))).toEqual(both);
  // The container was made anew, with its disk: the old name never comes back.
  expect(await open(minutes(20))).toEqual([both[1]]);
  await sees(true, "a81b:c");
  expect(await open(minutes(21))).toEqual([]);
  expect((await loadInstallationTroubles(db)).destinationUnreachable).toBe(false);
});
