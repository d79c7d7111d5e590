import { and, eq, gt, inArray } from "drizzle-orm";
import { deliveries } from "#lib/db/schema/deliveries";
import { backOffMs, isFinal, longestBackOffMs, mostAttempts } from "#lib/domain/delivery-plan";
import type { SendOutcome } from "#lib/notify/port";
import type { ServiceContext } from "../context.ts";
import { catalogueTime } from "./catalogue-clock.ts";
import type { Claim } from "./claim-message.ts";

/**
 * Writes down what came of a message: sent, to be tried again (30 s, doubled each time, or what the receiver asked for), or given up after the last try or
 * a refusal. A message that arrived makes what waits for another try due: the receiver is back. A sender whose claim is over writes nothing: another has it.
 */
export async function recordOutcome(context: ServiceContext, claim: Claim, outcome: SendOutcome, baseMs?: number): Promise<void> {
  const { db } = context;
  const now = await catalogueTime(db);
  const mine = (ids: readonly string[]) =>
    and(inArray(deliveries.id, [...ids]), eq(deliveries.state, "sending"), eq(deliveries.claimedUntil, claim.claimedUntil));
  const ids = claim.rows.map(({ id }) => id);
  if (outcome.sent) {
    const { problem = null, status } = outcome;
    // Who took it would get every further try: what some recipients were refused is sent, with that said of it. A test of it failed.
    const isTest = claim.rows.some(({ kind }) => kind === "test");
    const end = problem !== null && isTest ? { state: "failed" as const } : { state: "sent" as const, sentAt: now };
    const sent = { ...end, claimedUntil: null, error: problem, responseStatus: status };
    const written = await db.update(deliveries).set(sent).where(mine(ids)).returning({ id: deliveries.id });
    if (written.length > 0) await hurryUp(context, claim.channel.id, now);
    return;
  }
  const failure = { error: outcome.error, responseStatus: outcome.status, claimedUntil: null };
  const isLast = (attempts: number) => attempts + 1 >= mostAttempts || isFinal(outcome.status);
  const givenUp = claim.rows.filter(({ kind, attempts }) => kind === "test" || isLast(attempts)).map(({ id }) => id);
  const others = claim.rows.filter(({ id }) => !givenUp.includes(id));
  if (givenUp.length > 0)
    await db
      .update(deliveries)
      .set({ ...failure, state: "failed", nextAttemptAt: new Date(now.getTime() + longestBackOffMs) })
      .where(mine(givenUp));
  const most = Math.max(0, ...others.map(({ attempts }) => attempts + 1));
  const nextAttemptAt = new Date(now.getTime() + Math.max(outcome.retryAfterMs ?? 0, backOffMs(most, baseMs)));
  if (others.length > 0) {
    await db
      .update(deliveries)
      .set({ ...failure, state: "pending", nextAttemptAt })
      .where(mine(others.map(({ id }) => id)));
  }
}

/** Words that did not arrive, given up or not, are due now. What is given up goes out again only where its alert is still open; see `tell-untold.ts`. */
async function hurryUp({ db }: ServiceContext, channelId: string, now: Date): Promise<void> {
  const words = and(inArray(deliveries.kind, ["alert", "resolved", "digest"]), inArray(deliveries.state, ["pending", "failed"]));
  await db
    .update(deliveries)
    .set({ nextAttemptAt: now })
    .where(and(eq(deliveries.channelId, channelId), words, gt(deliveries.attempts, 0), gt(deliveries.nextAttemptAt, now)));
}
