import { sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import type { Logger } from "#lib/log/log";
import type { ServiceContext } from "../context.ts";
import { catalogueTime } from "./catalogue-clock.ts";
import { watchCleanUps } from "./clean-up-alerts.ts";
import { watchGates } from "./gate-alerts.ts";
import { queueDigests } from "./digest.ts";
import { endOfRemoved } from "./end-of-removed.ts";
import { forgetMessages } from "./forget.ts";
import { remind } from "./remind.ts";
import { signOfLife } from "./sign-of-life.ts";
import { tellUntold } from "./tell-untold.ts";
import { watchClock } from "./watch-clock.ts";
import { watchGoneHosts } from "./watch-destination.ts";
import { watchDisks } from "./watch-disks.ts";
import { watchDrills } from "./watch-drills.ts";

type Step = (tx: Transaction, context: ServiceContext) => Promise<void>;

const steps: Readonly<Record<string, Step>> = {
  drills: watchDrills,
  disks: watchDisks,
  "hosts that are gone": watchGoneHosts,
  "clean-ups": watchCleanUps,
  gates: watchGates,
  clock: watchClock,
  removed: endOfRemoved,
  reminders: remind,
  untold: tellUntold,
  digests: queueDigests,
  "signs of life": signOfLife,
  forgetting: forgetMessages,
};

/**
 * Looks at what is a state and no event: drills that are due, disks, the clock; what is told again or each week. Each step in a transaction of its own, by the
 * catalogue's clock, by one worker at a time; one that fails is logged and leaves the others alone. `now` is for tests.
 */
export async function watchStates(context: ServiceContext, logger: Logger, now?: Date): Promise<void> {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await context.db.transaction(async (tx) => {
        const lockKey = `lifeboat.watch.${name}`;
        const [lock] = await tx.execute<{ mine: boolean }>(sql`select pg_try_advisory_xact_lock(hashtextextended(${lockKey}, 0)) as mine`);
        if (lock?.mine !== true) return;
        const at = now ?? (await catalogueTime(tx));
        await step(tx, { ...context, now: () => at });
      });
    } catch (error) {
      logger.warn("a state could not be looked at", { step: name, error });
    }
  }
}
