import { hostname } from "node:os";
import { dispatchAll } from "#lib/services/notifications/dispatch";
import { createSender } from "#lib/services/notifications/sender";
import { watchDestination } from "#lib/services/notifications/watch-destination";
import { watchStates } from "#lib/services/notifications/watch";
import type { PolicyLoop, PolicyLoopOptions } from "./policy-loops.ts";

/** Ticks between two looks at states: a minute. */
const statesEvery = 60;

/** What messages need done over and over: changes become alerts, alerts become messages, messages leave. None of it waits for a receiver. */
export function notifyLoops({ workerId, deps, context, tickMs, signal }: PolicyLoopOptions): readonly PolicyLoop[] {
  const { logger, messages } = deps;
  const sender = createSender({ context, logger, signal, ...messages });
  const pass = async () => {
    await dispatchAll(context, logger);
    await sender.pass();
  };
  const { destination } = deps;
  const lookAtDestination = () => watchDestination(context, { destination, hostName: hostname(), workerId });
  return [
    { name: "messages", everyMs: tickMs, work: pass },
    { name: "states", everyMs: statesEvery * tickMs, work: () => watchStates(context, logger) },
    { name: "destination", everyMs: statesEvery * tickMs, work: lookAtDestination },
  ];
}
