import type { SourceEngine } from "./backup-state.ts";
import type { Reason } from "./error.ts";
import { estimateStoredBytes, fits, neededBytes } from "./space.ts";
import { chooseToolSet, type InstalledTools, majorOf, newestToolSet } from "./tool-choice.ts";

export type WorkerFacts = {
  readonly alive: boolean;
  readonly group: string;
  readonly toolSets: readonly (InstalledTools & { readonly cure: string | null })[];
  readonly disks: readonly { readonly purpose: string; readonly path: string; readonly freeBytes: number }[];
};

export type BackupPlanFacts = {
  readonly sourceName: string;
  readonly paused: boolean;
  readonly engine: SourceEngine;
  readonly group: string;
  /** As the server last told it. */
  readonly serverVersion: string | null;
  /** What the last check of the server failed with. */
  readonly lastCheckError: Reason | null;
  /** Size of the database as last seen. */
  readonly sizeBytes: number | null;
  readonly last: { readonly streamBytes: number; readonly storedBytes: number } | null;
  readonly workers: readonly WorkerFacts[];
};

function workersOf(facts: BackupPlanFacts): WorkerFacts[] {
  return facts.workers.filter((worker) => worker.alive && worker.group === facts.group);
}

/** The set of tools that a backup would be made with now; null where none fits or the server's version is not known yet. */
export function toolSetFor(facts: BackupPlanFacts): WorkerFacts["toolSets"][number] | null {
  const major = majorOf(facts.serverVersion);
  return major === null
    ? null
    : chooseToolSet(
        major,
        workersOf(facts).flatMap((worker) => worker.toolSets),
      );
}

/** A file needs no tools. */
function toolBlocker(facts: BackupPlanFacts): Reason | null {
  if (facts.engine === "sqlite") return null;
  const installed = workersOf(facts).flatMap((worker) => worker.toolSets);
  const major = majorOf(facts.serverVersion);
  const newest = newestToolSet(installed);
  const install = installed.find((set) => set.cure !== null)?.cure ?? "none";
  if (newest === null) return { code: "tool-missing", params: { tool: "pg_dump", major: major ?? "", install } };
  if (major === null || toolSetFor(facts) !== null) return null;
  return { code: "tool-too-old", params: { tool: "pg_dump", found: newest.version, needed: String(major), install: "none" } };
}

function spaceBlocker(facts: BackupPlanFacts): Reason | null {
  const bytes = estimateStoredBytes(facts.last === null ? facts.sizeBytes : null, facts.last);
  const disks = workersOf(facts).flatMap((worker) => worker.disks.filter((disk) => disk.purpose === "backups"));
  const [fullest] = disks.toSorted((left, right) => left.freeBytes - right.freeBytes);
  if (bytes === null || fullest === undefined || fits(bytes, fullest)) return null;
  return { code: "no-space", params: { path: fullest.path, freeBytes: fullest.freeBytes, neededBytes: neededBytes(bytes) } };
}

/**
 * What would stop a backup of a source now, as far as the catalogue knows. Without a worker nothing is known of tools and disks,
 * so they are not judged then. The last check's failure may be over: it is listed because nothing newer says so.
 */
export function findBlockers(facts: BackupPlanFacts): Reason[] {
  const hasWorker = workersOf(facts).length > 0;
  const found: (Reason | null)[] = [
    facts.paused ? { code: "source-paused", params: { source: facts.sourceName } } : null,
    hasWorker ? null : { code: "no-worker", params: { group: facts.group } },
    hasWorker ? toolBlocker(facts) : null,
    hasWorker ? spaceBlocker(facts) : null,
    facts.lastCheckError,
  ];
  return found.filter((reason) => reason !== null);
}
