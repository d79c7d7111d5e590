import { and, eq, gte, isNull } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { auditEvents } from "#lib/db/schema/audit-events";
import { installation } from "#lib/db/schema/installation";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { startBackupRun } from "../backups/run-now.ts";
import type { ServiceContext } from "../context.ts";
import type { RunRow } from "../runs/start.ts";
import { passwordContext } from "../servers/secrets.ts";

const registered = "sample.register";

/** Where the sample's cluster listens now. */
export type SampleAddress = { host: string; port: number; username: string; password: string; database: string };

/** `removed`: somebody deleted the sample since; it stays away until it is asked for again. */
export type SampleOutcome = "registered" | "present" | "removed";

/**
 * Makes the sample's server and source and starts one backup, the first time; afterwards only notes where the cluster listens now.
 * Safe to call at every start.
 */
export async function registerSample(context: ServiceContext, address: SampleAddress): Promise<SampleOutcome> {
  const result = await context.db.transaction(async (tx) => {
    const [row] = await tx.select().from(installation).limit(1).for("update");
    if (row === undefined) throw new Error("the installation was not set up");
    const [known] = await tx
      .select()
      .from(servers)
      .where(and(eq(servers.isSample, true), isNull(servers.removedAt)))
      .limit(1);
    if (known !== undefined) {
      await noteAddress(tx, context, known, address);
      return { outcome: "present" as const, run: null };
    }
    if (await wasRemoved(tx, row.sampleRequestedAt)) {
      await tx.update(installation).set({ sampleRequestedAt: null });
      return { outcome: "removed" as const, run: null };
    }
    if (row.sampleRequestedAt === null) await tx.update(installation).set({ sampleRequestedAt: context.now() });
    return { outcome: "registered" as const, run: await insertSample(tx, context, address) };
  });
  if (result.run !== null) await context.wake(result.run.id, result.run.workerGroup);
  return result.outcome;
}

/** It was registered after it was asked for, and its server is gone. */
async function wasRemoved(tx: Transaction, requestedAt: Date | null): Promise<boolean> {
  if (requestedAt === null) return false;
  const found = await tx
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(and(eq(auditEvents.action, registered), gte(auditEvents.at, requestedAt)))
    .limit(1);
  return found.length > 0;
}

async function noteAddress(
  tx: Transaction,
  context: ServiceContext,
  server: typeof servers.$inferSelect,
  address: SampleAddress,
): Promise<void> {
  const password = server.passwordSealed === null ? null : tryOpen(context, server.id, server.passwordSealed);
  if (server.host === address.host && server.port === address.port && password === address.password) return;
  const { host, port } = address;
  await tx
    .update(servers)
    .set({
      host,
      port,
      passwordSealed: context.keyring.seal(address.password, passwordContext(server.id)),
      version: server.version + 1,
      updatedAt: context.now(),
    })
    .where(eq(servers.id, server.id));
  await recordAudit(tx, context, {
    action: "server.update",
    targetType: "server",
    targetId: server.id,
    targetName: server.name,
    before: { host: server.host, port: server.port },
    after: { host, port },
  });
}

/** Null when it was sealed with a key that is gone: the sample's password is simply sealed again. */
function tryOpen(context: ServiceContext, serverId: string, sealed: string): string | null {
  try {
    return context.keyring.open(sealed, passwordContext(serverId));
  } catch {
    return null;
  }
}

async function insertSample(tx: Transaction, context: ServiceContext, address: SampleAddress): Promise<RunRow> {
  const now = context.now();
  const serverId = makeId("server", context.newUuid());
  const sourceId = makeId("source", context.newUuid());
  // Slugs are never used again, and a person may have given a server this name: the id's end tells them apart.
  const suffix = serverId.slice(-6);
  const names = await tx.select({ name: servers.name }).from(servers);
  const isTaken = names.some(({ name }) => name.toLowerCase() === "sample server");
  const server = {
    id: serverId,
    slug: `sample-${suffix}`,
    name: isTaken ? `Sample server ${suffix}` : "Sample server",
    host: address.host,
    port: address.port,
    tlsMode: "disable" as const,
    username: address.username,
    passwordSealed: context.keyring.seal(address.password, passwordContext(serverId)),
    maintenanceDatabase: "postgres",
    isSample: true,
    createdAt: now,
    updatedAt: now,
  };
  const source = {
    id: sourceId,
    slug: `sample-shop-${suffix}`,
    name: "Sample shop",
    engine: "postgres" as const,
    serverId,
    database: address.database,
    environment: "development" as const,
    isSample: true,
    createdAt: now,
    updatedAt: now,
  };
  await tx.insert(servers).values(server);
  await tx.insert(sources).values(source);
  await recordAudit(tx, context, {
    action: registered,
    targetType: "server",
    targetId: serverId,
    targetName: server.name,
    after: { host: server.host, port: server.port, database: source.database, sourceId },
  });
  return startBackupRun(tx, context, { sourceId, reason: "", note: "", trigger: "setup" });
}
