import type { Reason } from "./error.ts";
import { neededBytes } from "./space.ts";
import { newestToolSet } from "./tool-choice.ts";
import type { WorkerFacts } from "./blockers.ts";

export type ProblemWorker = Omit<WorkerFacts, "toolSets"> & {
  readonly toolSets: readonly (WorkerFacts["toolSets"][number] & {
    readonly safeMinimum: string | null;
    readonly belowSafeMinimum: boolean;
  })[];
};

export type SystemFacts = {
  /** Groups that some server or the storage needs. */
  readonly groups: readonly string[];
  readonly workers: readonly ProblemWorker[];
  /** What the largest of the sources' last backups took; null where there is none yet. */
  readonly largestBackupBytes: number | null;
};

/** Below this a disk is called full whatever the backups' size is. */
const leastFreeBytes = 256 * 1024 * 1024;

function diskProblems(worker: ProblemWorker, largestBackupBytes: number | null): Reason[] {
  return worker.disks.flatMap((disk) => {
    const needed = disk.purpose === "backups" ? Math.max(leastFreeBytes, neededBytes(largestBackupBytes ?? 0)) : leastFreeBytes;
    if (disk.freeBytes >= needed) return [];
    return [{ code: "no-space" as const, params: { path: disk.path, freeBytes: disk.freeBytes, neededBytes: needed } }];
  });
}

function toolProblems(worker: ProblemWorker): Reason[] {
  const install = worker.toolSets.find((set) => set.cure !== null)?.cure ?? "none";
  const missing: Reason[] =
    newestToolSet(worker.toolSets) === null ? [{ code: "tool-missing", params: { tool: "pg_dump", major: "", install } }] : [];
  const unsafe: Reason[] = worker.toolSets
    .filter((set) => set.belowSafeMinimum)
    .map((set) => ({
      code: "tool-below-safe-minimum",
      params: { tool: "pg_restore", found: set.version, needed: set.safeMinimum ?? "?" },
    }));
  return [...missing, ...unsafe];
}

/** Visible troubles of the installation, worst first, each once: no worker, missing tools, a full disk, tools with a known flaw. */
export function findSystemProblems(facts: SystemFacts): Reason[] {
  const alive = facts.workers.filter((worker) => worker.alive);
  const silent = facts.groups.filter((group) => !alive.some((worker) => worker.group === group));
  const tools = alive.flatMap(toolProblems);
  const found: Reason[] = [
    ...silent.map((group) => ({ code: "no-worker" as const, params: { group } })),
    ...tools.filter((problem) => problem.code === "tool-missing"),
    ...alive.flatMap((worker) => diskProblems(worker, facts.largestBackupBytes)),
    ...tools.filter((problem) => problem.code !== "tool-missing"),
  ];
  return [...new Map(found.map((problem) => [JSON.stringify([problem.code, problem.params["path"] ?? problem.params]), problem])).values()];
}
