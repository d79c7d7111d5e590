import type { ServerDto } from "#lib/contracts/servers";
import type { SourceDto } from "#lib/contracts/sources";

/** What first run leads through, in order. Nothing of it is stored: every step is read off what is there. */
export const guideSteps = ["account", "server", "databases", "schedule", "backup", "proof"] as const;
export type GuideStep = (typeof guideSteps)[number];

type Server = Pick<ServerDto, "id" | "name" | "isSample">;
type Source = Pick<
  SourceDto,
  | "id"
  | "name"
  | "engine"
  | "serverId"
  | "isSample"
  | "pausedAt"
  | "lastGoodAt"
  | "lastGoodBackupId"
  | "lastProvenAt"
  | "lastRun"
  | "activeRun"
  | "drill"
  | "nextBackupAt"
  | "retentionPolicyId"
>;

export type GuideState = {
  readonly done: Readonly<Record<GuideStep, boolean>>;
  /** The first step that is not done; null when all are. */
  readonly next: GuideStep | null;
  readonly doneCount: number;
  readonly servers: readonly Server[];
  readonly sources: readonly Source[];
  /** Sources whose next backup is planned, and those that could have one: a paused source is left alone. */
  readonly scheduled: readonly Source[];
  readonly unscheduled: readonly Source[];
  /** Whom the last two steps are about: what is backed up first, and what was backed up last. */
  readonly toBackUp: Source | null;
  readonly backedUp: Source | null;
  readonly proven: Source | null;
  /** A drill of one's own that is not over. */
  readonly openDrillId: string | null;
  readonly sample: Source | null;
};

/** Reads the steps off servers and sources. The sample is practice: it completes none of them. */
export function guideState(all: { servers: readonly Server[]; sources: readonly Source[] }): GuideState {
  const sources = all.sources.filter(({ isSample }) => !isSample);
  const servers = all.servers.filter(({ isSample }) => !isSample);
  const backedUp = latest(sources, ({ lastGoodAt }) => lastGoodAt);
  const proven = latest(sources, ({ lastProvenAt }) => lastProvenAt);
  const scheduled = sources.filter(({ nextBackupAt }) => nextBackupAt !== null);
  const done = {
    account: true,
    server: servers.length > 0 || sources.length > 0,
    databases: sources.length > 0,
    schedule: scheduled.length > 0,
    backup: backedUp !== null,
    proof: proven !== null,
  };
  return {
    done,
    next: guideSteps.find((step) => !done[step]) ?? null,
    doneCount: guideSteps.filter((step) => done[step]).length,
    servers,
    sources,
    scheduled,
    unscheduled: sources.filter(({ nextBackupAt, pausedAt }) => nextBackupAt === null && pausedAt === null),
    toBackUp: sources.find(({ activeRun }) => activeRun?.type === "backup") ?? sources.find(({ pausedAt }) => pausedAt === null) ?? null,
    backedUp,
    proven,
    openDrillId: sources.find(({ drill }) => typeof drill?.openId === "string")?.drill?.openId ?? null,
    sample: all.sources.find(({ isSample }) => isSample) ?? null,
  };
}

/**
 * True where the overview need not ask whether first run is complete: something of one's own is proven, or there are more sources than one
 * page of them. Spares it two questions for the rest of its life.
 */
export function isFirstRunOver({ items, total }: { items: readonly Pick<Source, "isSample" | "lastProvenAt">[]; total: number }): boolean {
  return total > items.length || items.some(({ isSample, lastProvenAt }) => !isSample && lastProvenAt !== null);
}

/** Who has the youngest of these instants; null when nobody has one. */
function latest(sources: readonly Source[], at: (source: Source) => string | null): Source | null {
  let best: { source: Source; at: string } | null = null;
  for (const source of sources) {
    const own = at(source);
    if (own !== null && (best === null || own > best.at)) best = { source, at: own };
  }
  return best?.source ?? null;
}
