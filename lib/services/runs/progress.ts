import { and, eq } from "drizzle-orm";
import type { RunProgressDto, StepCode } from "#lib/contracts/runs";
import type { Database } from "#lib/db/client";
import { runLog } from "#lib/db/schema/run-log";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { type Params, type Reason, reasonOf } from "#lib/domain/error";
import type { StepState } from "#lib/domain/run-state";
import { rateOf, type Reading, secondsLeft } from "#lib/domain/time-left";
import type { Logger } from "#lib/log/log";
import { databaseNow, heldBy, type Lease } from "./lease.ts";
import { cleanLines } from "./log-lines.ts";
import { noProgress } from "./start.ts";

const maxLogLines = 10_000;
/** The rate is taken over this long, so that it follows changes without jumping. */
const rateWindowMs = 10_000;

type LogLevel = "info" | "warning" | "error";
type LogRow = typeof runLog.$inferInsert;
export type StepPatch = { state: StepState; facts?: Params; error?: Reason | null };

/** What an executor tells about its run while it works. Nothing here ever fails the run: what cannot be written is logged. */
export type RunReporter = {
  /** Runs `work` as one step: running, then done with the facts it returned or failed with the reason it threw. */
  readonly step: <T>(code: StepCode, work: () => Promise<T>, factsOf?: (result: T) => Params) => Promise<T>;
  readonly setStep: (code: StepCode, patch: StepPatch) => Promise<void>;
  /** Merges into the progress; written at most every `progressMs`. */
  readonly progress: (change: Partial<Omit<RunProgressDto, "bytesPerSecond" | "secondsLeft">>) => void;
  /** Begins another count of bytes (a new phase): rate and time left start anew. */
  readonly restart: (change: Partial<RunProgressDto>) => void;
  readonly log: (level: LogLevel, text: string) => void;
  /** Writes what is still held back. */
  readonly flush: () => Promise<void>;
};

/** Reports for one claim of one run; `progressMs` spaces the writes. */
export function createReporter(db: Database, lease: Lease, options: { progressMs: number; logger: Logger }): RunReporter {
  let progress: RunProgressDto = { ...noProgress };
  let readings: Reading[] = [];
  let startedMs = performance.now();
  let progressDirty = false;
  let lines: LogRow[] = [];
  let lineCount = 0;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  const flush = async () => {
    const batch = lines;
    lines = [];
    if (batch.length > 0) {
      await db.insert(runLog).values(batch).onConflictDoNothing();
    }
    if (progressDirty) {
      progressDirty = false;
      await db.update(runs).set({ progress }).where(heldBy(lease));
    }
  };
  const write = () => {
    writing = writing.then(flush).catch((error: unknown) => options.logger.warn("progress not written", { runId: lease.runId, error }));
    return writing;
  };
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = null;
      void write();
    }, options.progressMs);
  };
  const setStep = async (code: StepCode, patch: StepPatch) => {
    const times =
      patch.state === "running"
        ? { startedAt: databaseNow }
        : patch.state === "done" || patch.state === "failed"
          ? { finishedAt: databaseNow }
          : {};
    try {
      await db
        .update(runSteps)
        .set({
          state: patch.state,
          ...times,
          ...(patch.facts === undefined ? {} : { facts: patch.facts }),
          ...(patch.error === undefined ? {} : { error: patch.error }),
        })
        .where(and(eq(runSteps.runId, lease.runId), eq(runSteps.code, code)));
    } catch (error) {
      options.logger.warn("step not written", { runId: lease.runId, step: code, error });
    }
  };

  return {
    setStep,
    step: async (code, work, factsOf) => {
      await setStep(code, { state: "running" });
      try {
        const result = await work();
        await setStep(code, { state: "done", ...(factsOf === undefined ? {} : { facts: factsOf(result) }) });
        return result;
      } catch (error) {
        await setStep(code, { state: "failed", error: reasonOf(error) });
        throw error;
      }
    },
    progress: (change) => {
      progress = { ...progress, ...change };
      const atMs = performance.now();
      readings = [...readings.filter((reading) => reading.atMs >= atMs - rateWindowMs), { atMs, bytes: progress.bytesDone }];
      const bytesPerSecond = rateOf(readings);
      progress = { ...progress, bytesPerSecond, secondsLeft: secondsLeft({ ...progress, bytesPerSecond, elapsedMs: atMs - startedMs }) };
      progressDirty = true;
      soon();
    },
    restart: (change) => {
      readings = [];
      startedMs = performance.now();
      progress = { ...progress, bytesDone: 0, bytesTotal: null, bytesPerSecond: 0, secondsLeft: null, ...change };
      progressDirty = true;
      soon();
    },
    log: (level, text) => {
      for (const line of cleanLines(text)) {
        if (lineCount > maxLogLines) return;
        lineCount += 1;
        const full = lineCount > maxLogLines;
        lines.push({
          runId: lease.runId,
          seq: lineCount,
          at: new Date(),
          level: full ? "warning" : level,
          text: full ? `the log is full after ${maxLogLines} lines; what follows is left out` : line,
        });
        if (lines.length >= 200) void write();
      }
      soon();
    },
    flush: async () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      await write();
    },
  };
}
