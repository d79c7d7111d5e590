import { eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { installation } from "#lib/db/schema/installation";
import { workers } from "#lib/db/schema/workers";
import { insertBackup, insertDestination, insertServer, insertSource, insertWorker } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { loadInstallationTroubles } from "../system/troubles.ts";
import { watchDestination } from "./watch-destination.ts";
import { watchStates } from "./watch.ts";

let home: TestCatalogue;
let context: TestContext;
let id: string;

const now = Date.now();
const minutes = (count: number) => new Date(now + count * 60_000);

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  const { db } = context;
  await db.insert(installation).values({ id: "installation", createdAt: minutes(0), lastSeenAt: minutes(0) });
  const serverId = await insertServer(db);
  id = await insertDestination(db);
  await insertBackup(db, { sourceId: await insertSource(db, serverId), destinationId: id });
});
afterAll(() => home.drop());

const sees = (isThere: boolean, hostName: string, workerId: string) => {
  const prepare = () => (isThere ? Promise.resolve() : Promise.reject(new Error("not mounted")));
  return watchDestination(context, { destination: { id, path: "/backups", storage: { prepare } } as never, hostName, workerId });
};
const open = async (at: Date) => {
  await watchStates(context, quietLogger, at);
  const rows = await context.db.select({ key: alerts.key }).from(alerts).where(isNull(alerts.resolvedAt));
  return rows
    .map(({ key }) => key)
    .filter((key) => key.startsWith("destination-unreachable"))
    .toSorted();
};

it("a destination that a host does not see is told as long as the host has a worker, and is over when the host is gone", async () => {
  const { db } = context;
  const gone = await insertWorker(db, { hostName: "3f9c1a2b7d10", heartbeatAt: minutes(0), stoppedAt: minutes(0) });
  const living = await insertWorker(db, { hostName: "a81b:c", heartbeatAt: minutes(120) });
  await sees(false, "3f9c1a2b7d10", gone);
  await sees(false, "a81b:c", living);
  const both = [`destination-unreachable:${id}:3f9c1a2b7d10`, `destination-unreachable:${id}:a81b:c`];
  expect(await open(minutes(0))).toEqual(both);
  // A restart takes a while, and changes nothing.
  expect(await open(minutes(9))).toEqual(both);
  // The container was made anew, with its disk: the old name never comes back.
  expect(await open(minutes(20))).toEqual([both[1]]);
  await sees(true, "a81b:c", living);
  expect(await open(minutes(21))).toEqual([]);
  expect((await loadInstallationTroubles(db)).destinationUnreachable).toBe(false);
});

it("of two workers with one host name the one that sees the destination does not take back what the other one says", async () => {
  const { db } = context;
  const twin = () => insertWorker(db, { hostName: "lifeboat", heartbeatAt: minutes(120) });
  const [one, other] = [await twin(), await twin()];
  const told = [`destination-unreachable:${id}:lifeboat`];
  const opened = () => db.$count(alerts, eq(alerts.key, told[0] ?? ""));
  await sees(false, "lifeboat", one);
  await sees(true, "lifeboat", other);
  expect(await open(minutes(0))).toEqual(told);
  await sees(false, "lifeboat", other);
  await sees(false, "lifeboat", one);
  await sees(true, "lifeboat", one);
  expect(await open(minutes(1))).toEqual(told);
  await sees(true, "lifeboat", other);
  expect(await open(minutes(2))).toEqual([]);
  // What a worker said that is gone is taken back by any other one of its host.
  await sees(false, "lifeboat", one);
  await db
    .update(workers)
    .set({ stoppedAt: minutes(3) })
    .where(eq(workers.id, one));
  await sees(true, "lifeboat", other);
  expect(await open(minutes(3))).toEqual([]);
  expect(await opened()).toBe(2);
});
