import { eq } from "drizzle-orm";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { LifeboatError } from "#lib/domain/error";
import type { CheckStep } from "#lib/engines/port";
import { finishRun } from "../runs/finish.ts";
import { assertLease, databaseNow } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { openPassword } from "./address.ts";
import { type CheckOutput, checkInput } from "./check-input.ts";

/**
 * Tests a connection step by step. What fails is the answer, so the run ends failed with the failing step's reason; the databases
 * found until then stay in its output. A stored server's row learns the version, the time and the failure.
 */
export async function executeCheck(work: RunWork): Promise<void> {
  const { run, deps, reporter } = work;
  const input = checkInput.parse(run.input);
  if (input.serverId !== null) await getServerOrThrow(work.db, input.serverId);
  const address = {
    host: input.host,
    port: input.port,
    tlsMode: input.tlsMode,
    tlsCa: input.tlsCa,
    username: input.username,
    password: openPassword(deps.context.keyring, input.passwordSealed, input.sealedFor),
    maintenanceDatabase: input.maintenanceDatabase,
  };
  const onStep = async (step: CheckStep) => {
    await reporter.setStep(step.code, { state: step.state, facts: step.facts, error: step.error });
  };
  const result = await deps.engine.check(address, onStep, work.engineContext);
  work.signal.throwIfAborted();
  const output: CheckOutput = {
    serverVersion: result.serverVersion,
    databases: result.databases.map((database) => ({ ...database })),
  };
  await reporter.flush();
  await work.db.transaction(async (tx) => {
    await assertLease(tx, work.lease);
    if (input.serverId !== null) {
      await tx
        .update(servers)
        .set({
          lastCheckedAt: databaseNow,
          lastError: result.failed,
          ...(result.serverVersion === null ? {} : { serverVersion: result.serverVersion }),
        })
        .where(eq(servers.id, input.serverId));
    }
    // The typed password has served: nothing of it stays, not even sealed.
    await tx
      .update(runs)
      .set({ input: { ...input, passwordSealed: null } })
      .where(eq(runs.id, run.id));
    await finishRun(tx, work.lease, { state: result.failed === null ? "succeeded" : "failed", error: result.failed, output });
  });
}

/** Loads a server. Throws `not-found`, also for one that was removed: its row stays for what names it, its passwords are gone. */
export async function getServerOrThrow(db: RunWork["db"], id: string | null) {
  const [server] = id === null ? [] : await db.select().from(servers).where(eq(servers.id, id));
  if (server === undefined || server.removedAt !== null) throw new LifeboatError("not-found", { entity: "server", id: id ?? "" });
  return server;
}
