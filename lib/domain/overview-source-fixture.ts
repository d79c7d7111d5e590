import type { OverviewSource } from "./overview-verdict.ts";

export const now = new Date("2026-11-21T12:00:00.000Z");
export const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);

/** A source that nothing is wrong with, and what `change` says of it. */
export function overviewSource(change: Partial<OverviewSource> = {}): OverviewSource {
  return {
    id: "src_1",
    name: "Shop",
    engine: "postgres",
    createdAt: hoursAgo(1000),
    paused: false,
    lastGood: { id: "bkp_1", at: hoursAgo(3), verified: true },
    objectiveSeconds: 26 * 3600,
    missedAt: null,
    diverged: null,
    alerts: [],
    lastVerifiedAt: hoursAgo(2),
    lastProvenAt: null,
    damaged: null,
    failedRun: null,
    isRunning: false,
    drill: null,
    ...change,
  };
}
