import { afterAll, beforeAll, expect, it } from "vitest";
import { idempotencyKeys } from "#lib/db/schema/idempotency-keys";
import { testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { createStation, type Station } from "#lib/testing/worker-setup";

let test: TestCatalogue;
let station: Station;

beforeAll(async () => {
  test = await createCatalogue();
  station = await createStation({ catalogue: test.catalogue, url: test.url, context: testContext(test.catalogue) });
});
afterAll(async () => {
  await test.drop();
  await station.remove();
});

it("a worker that starts removes rows of sign-ins and requests that nobody asks for any more", async () => {
  const { db } = test.catalogue;
  const old = new Date(Date.now() - 48 * 3_600_000);
  await db.insert(idempotencyKeys).values([
    { actor: "a", key: "old", bodyHash: "", createdAt: old },
    { actor: "a", key: "new", bodyHash: "", createdAt: new Date() },
  ]);
  const worker = await station.startWorker();
  await worker.stop();
  expect(await db.select({ key: idempotencyKeys.key }).from(idempotencyKeys)).toEqual([{ key: "new" }]);
});
