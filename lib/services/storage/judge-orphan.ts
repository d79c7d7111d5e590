import type { orphanPacks } from "#lib/db/schema/orphan-packs";
import { LifeboatError, type Reason, reasonOf } from "#lib/domain/error";
import { openPack } from "#lib/repository/read-pack";
import { readSidecar } from "#lib/repository/sidecar";
import type { SidecarFacts } from "#lib/repository/sidecar-schema";
import type { WorkerDeps } from "../runs/work.ts";

export type OrphanJudgement = Pick<typeof orphanPacks.$inferInsert, "provenance" | "sourceName" | "kind" | "snapshotAt" | "problem">;

const nothingKnown = { sourceName: null, kind: null, snapshotAt: null } as const;

/**
 * Says of a pack that no row tells of where it came from, and what stands in the way of taking it back. What an untrusted sidecar says is
 * shown, never believed. Throws when storage does not answer.
 */
export async function judgeOrphan({ destination, context }: WorkerDeps, file: { key: string; bytes: number }): Promise<OrphanJudgement> {
  const { key } = file;
  const reading = await readSidecar(destination.storage, key, context.keyring);
  if (reading.state === "trusted") {
    return { provenance: "ours", ...told(reading.facts), problem: await problemOf(destination, file, reading.facts) };
  }
  const untrusted: Reason = { code: "sidecar-untrusted", params: { key } };
  if (reading.state === "untrusted") return { provenance: "external", ...told(reading.facts), problem: untrusted };
  try {
    const { meta } = await openPack(destination.storage, key);
    return { provenance: "external", ...nothingKnown, kind: meta.kind, problem: untrusted };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { provenance: "unreadable", ...nothingKnown, problem: reasonOf(error) };
  }
}

function told({ source, backup }: SidecarFacts) {
  return { sourceName: source.name, kind: backup.kind, snapshotAt: new Date(backup.snapshotAt) };
}

/** Why a trusted pack cannot be taken back; null when, as far as sizes tell, it can. */
export async function problemOf(
  { storage }: WorkerDeps["destination"],
  { key, bytes }: { key: string; bytes: number },
  facts: SidecarFacts,
): Promise<Reason | null> {
  const expectedBytes = facts.packs.find((pack) => pack.key === key)?.storedBytes;
  if (expectedBytes !== undefined && expectedBytes !== bytes) {
    return { code: "pack-truncated", params: { key, expectedBytes, actualBytes: bytes } };
  }
  for (const need of facts.needs ?? []) {
    if ((await storage.stat(need.key)) === null) return { code: "chain-broken", params: { key: need.key } };
  }
  return null;
}
