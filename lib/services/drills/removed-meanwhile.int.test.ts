import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { createChainKit, type ChainKit } from "#lib/testing/chain-kit";
import { drillHand, type DrillHand } from "#lib/testing/drill-kit";
import { testServer } from "#lib/testing/postgres";
import { untilEnded } from "#lib/testing/worker-setup";
import { deleteBackup } from "../backups/remove.ts";
import type { WorkerDeps } from "../runs/work.ts";

let kit: ChainKit;
let hand: DrillHand;
/** What happens when the next target is looked at: of a drill, after its backup was chosen. */
let meanwhile: () => Promise<unknown> = () => Promise.resolve();
const db = () => kit.test.catalogue.db;

beforeAll(async () => {
  const change = (deps: WorkerDeps): WorkerDeps => ({
    ...deps,
    engine: {
      ...deps.engine,
      inspectTarget: async (...args) => {
        const once = meanwhile;
        meanwhile = () => Promise.resolve();
        await once();
        return deps.engine.inspectTarget(...args);
      },
    },
  });
  kit = await createChainKit(testServer(15), change);
  hand = drillHand(kit.context);
  await kit.database.sql`create table pets as select i as id, md5(i::text) as name from generate_series(1, 500) i`;
});
afterAll(() => kit.close());

async function moveToTrash(id: string): Promise<void> {
  const query = { dependents: "refuse" as const, when: "trash" as const };
  const run = await deleteBackup(kit.context, { params: { id }, query, body: {}, ifMatch: 1 });
  expect(await untilEnded(db(), run.id)).toMatchObject({ state: "succeeded", error: null });
}

it("a drill whose chosen backup went to the trash while it was prepared takes another one", async () => {
  const [older, newer] = [await kit.backUp("full"), await kit.backUp("full")];
  meanwhile = () => moveToTrash(newer);
  const { id } = await hand.start({ sourceId: kit.sourceId, target: { type: "server", serverId: kit.serverId } });
  const prepared = await hand.until(id, "prepared");
  const [row] = await db().select({ state: backups.state }).from(backups).where(eq(backups.id, newer));
  expect(row).toEqual({ state: "trashed" });
  expect(prepared.backup?.id).toBe(older);
  expect(prepared.preflight?.items.filter(({ state }) => state === "blocked")).toEqual([]);
  expect(prepared.events.map(({ code }) => code)).toEqual(["started", "backup-chosen", "prepared"]);
  await hand.abort(id);
  await hand.until(id, "aborted");
});

it("a drill that was asked to take a backup which went meanwhile is blocked, and names none", async () => {
  const wanted = await kit.backUp("full");
  meanwhile = () => moveToTrash(wanted);
  const { id } = await hand.start({ sourceId: kit.sourceId, backupId: wanted, target: { type: "server", serverId: kit.serverId } });
  const prepared = await hand.until(id, "prepared");
  expect(prepared.backup).toBe(null);
  expect(prepared.preflight?.items).toMatchObject([{ code: "backup", state: "blocked", reason: { code: "not-found" } }]);
  await hand.abort(id);
  await hand.until(id, "aborted");
});
