import type { RunDetailDto, RunProgressDto, RunStepDto } from "#lib/contracts/runs";

/** Share of 0 to 1, or null where no honest total is known. Never 1 before everything is there. */
export function progressShare({ bytesDone, bytesTotal }: RunProgressDto): number | null {
  if (bytesTotal === null || bytesTotal === 0) return null;
  return bytesDone >= bytesTotal ? 1 : bytesDone / bytesTotal;
}

/** Milliseconds from start (or queueing, while it waits) to the end or `now`. */
export function elapsedMs(run: Pick<RunDetailDto, "queuedAt" | "startedAt" | "finishedAt">, now: Date): number {
  const start = Date.parse(run.startedAt ?? run.queuedAt);
  const end = run.finishedAt === null ? now.getTime() : Date.parse(run.finishedAt);
  return Math.max(0, end - start);
}

/** Mean rate of a finished run in bytes a second; null where nothing flowed. */
export function meanRate(run: Pick<RunDetailDto, "queuedAt" | "startedAt" | "finishedAt" | "progress">, now: Date): number | null {
  const seconds = elapsedMs(run, now) / 1000;
  return run.progress.bytesDone === 0 || seconds < 0.05 ? null : Math.round(run.progress.bytesDone / seconds);
}

export type WaterfallBar = {
  readonly step: RunStepDto;
  /** Milliseconds; null for a step that has not begun. */
  readonly durationMs: number | null;
  /** Position and width as shares of the whole span; both 0 for a step that has not begun. */
  readonly offset: number;
  readonly width: number;
};

/** The run's steps as bars over one time axis, from the first step's start to the end or `now`. */
export function waterfall(steps: readonly RunStepDto[], finishedAt: string | null, now: Date): WaterfallBar[] {
  const starts = steps.flatMap(({ startedAt }) => (startedAt === null ? [] : [Date.parse(startedAt)]));
  const begin = Math.min(...starts);
  const end = finishedAt === null ? now.getTime() : Math.max(Date.parse(finishedAt), ...ends(steps));
  const span = Math.max(1, end - begin);
  return steps.map((step) => {
    if (step.startedAt === null) return { step, durationMs: null, offset: 0, width: 0 };
    const from = Date.parse(step.startedAt);
    const to = step.finishedAt === null ? end : Date.parse(step.finishedAt);
    const durationMs = Math.max(0, to - from);
    return { step, durationMs, offset: (from - begin) / span, width: Math.min(1, durationMs / span) };
  });
}

function ends(steps: readonly RunStepDto[]): number[] {
  return steps.flatMap(({ finishedAt }) => (finishedAt === null ? [] : [Date.parse(finishedAt)]));
}
