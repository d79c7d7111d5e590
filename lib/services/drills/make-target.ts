import { eq } from "drizzle-orm";
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { drills } from "#lib/db/schema/drills";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { majorOf } from "#lib/domain/restore-plan";
import type { EngineContext, RestoreRequest } from "#lib/engines/port";
import type { BackupFacts } from "../backups/facts.ts";
import { restoreRequest } from "../restores/inspect.ts";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { sealAccess } from "./access.ts";
import type { DrillAccess } from "./ports.ts";
import type { DrillRow } from "./rows.ts";

/** An empty target that is ready to be loaded; `request` is null where the stream itself is the copy. */
export type MadeTarget = {
  readonly access: DrillAccess;
  readonly target: NonNullable<DrillDetailDto["target"]>;
  readonly request: RestoreRequest | null;
  readonly rolesCreated: readonly string[];
  readonly roleProblems: readonly string[];
};

const noRoles = { rolesCreated: [], roleProblems: [] } as const;
/** Two at least: each table is then truncated and filled in one transaction, and rows keep the archive's order. */
const fewestJobs = 2;
const mostJobs = 4;

/**
 * Makes what a drill's backup is loaded into. That something will be there is written down before; a crash at any point leaves what the row tells of.
 * Throws `sandbox-unavailable`, `target-exists`, `target-cannot-create` and what keeps a server from being asked.
 */
export async function makeTarget(work: RunWork, drill: DrillRow, facts: BackupFacts, context: EngineContext): Promise<MadeTarget> {
  const { target } = drill;
  switch (target?.type) {
    case undefined:
      throw new LifeboatError("drill-blocked", { code: "target-name" });
    case "file": {
      await intend(work, drill, null);
      const path = join(await work.deps.drills.sandboxes.folder(drill.id), target.name);
      return {
        access: { type: "file", hostName: hostname(), path },
        target: { ...target, hostName: hostname() },
        request: null,
        ...noRoles,
      };
    }
    case "sandbox":
      return makeSandbox(work, drill, facts, target, context);
    case "server":
      return makeDatabase(work, drill, facts, target, context);
  }
}

type Target = NonNullable<DrillDetailDto["target"]>;

async function intend({ db, deps, lease }: RunWork, drill: DrillRow, access: DrillAccess | null): Promise<void> {
  const sealedAccess = access === null ? null : sealAccess(deps.context.keyring, drill.id, access);
  // The clean-up must know on which host to look, also when this one never comes to its end.
  const target = drill.target === null || drill.target.type === "server" ? drill.target : { ...drill.target, hostName: hostname() };
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await tx.update(drills).set({ hasTarget: true, sealedAccess, target }).where(eq(drills.id, drill.id));
  });
}

async function makeSandbox(
  work: RunWork,
  drill: DrillRow,
  facts: BackupFacts,
  target: Target,
  context: EngineContext,
): Promise<MadeTarget> {
  const { deps, reporter } = work;
  const { sandboxes } = deps.drills;
  const { manifest, serverVersion } = facts.backup;
  await intend(work, drill, null);
  const access = await reporter.step(
    "start-target",
    () => sandboxes.start({ drillId: drill.id, major: majorOf(serverVersion), database: target.name }, context),
    (started) => ({ serverVersion: started.serverVersion, confined: started.confined }),
  );
  const { created, problems } = await reporter.step(
    "create-roles",
    () => sandboxes.createRoles(access, { globalsSql: manifest?.globalsSql ?? null, roles: rolesOf(facts) }, context),
    (roles) => ({ created: roles.created.length, problems: roles.problems.length }),
  );
  for (const problem of problems) reporter.log("warning", problem);
  const request: RestoreRequest = {
    address: access.owner.address,
    database: access.owner.database,
    properties: manifest?.properties ?? null,
    content: "all",
    tables: [],
    owners: "keep",
    jobs: jobs(),
  };
  await reporter.step("create-database", async () => {
    // The sandbox comes with an empty database; the copy gets one that is as the recorded one was.
    await deps.engine.dropDatabase(request, context);
    await deps.engine.createDatabase(request, context);
  });
  const { serverVersion: runs, confined, hostName } = access;
  return { access, target: { ...target, serverVersion: runs, confined, hostName }, request, rolesCreated: created, roleProblems: problems };
}

/** Whoever owns the database stands in no archive. */
function rolesOf({ backup }: BackupFacts): string[] {
  const owner = backup.manifest?.properties?.owner ?? null;
  return [...new Set([...(backup.manifest?.roles ?? []), ...(owner === null ? [] : [owner])])];
}

async function makeDatabase(
  work: RunWork,
  drill: DrillRow,
  facts: BackupFacts,
  target: Target,
  context: EngineContext,
): Promise<MadeTarget> {
  const { db, deps, reporter } = work;
  const { engine } = deps;
  const server = await getServerOrThrow(db, target.serverId);
  const order = { database: target.name, content: "all" as const, owners: "keep" as const, tables: [], jobs: jobs() };
  const request = restoreRequest(work, facts, server, order);
  const access = { type: "server" as const, serverId: server.id, database: target.name, oid: null, clusterId: null };
  return reporter.step("create-database", async () => {
    await intend(work, drill, access);
    try {
      await engine.createDatabase(request, context);
    } catch (error) {
      // Somebody else's: it must never be removed for this drill.
      if (reasonOf(error).code === "target-exists")
        await db.update(drills).set({ hasTarget: false, sealedAccess: null }).where(eq(drills.id, drill.id));
      throw error;
    }
    const clusterId = await engine.clusterId(request.address, context);
    const oid = (await engine.databaseIds(request.address, [target.name], context)).get(target.name);
    if (oid === undefined) throw new LifeboatError("target-changed", { database: target.name });
    const made = { ...access, oid, clusterId };
    await intend(work, drill, made);
    return { access: made, target: { ...target, serverName: server.name }, request, ...noRoles };
  });
}

function jobs(): number {
  return Math.min(mostJobs, Math.max(fewestJobs, availableParallelism()));
}
