import { LifeboatError } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { awaitProbe } from "../runs/await-probe.ts";
import { startRun } from "../runs/start.ts";
import { type CheckFileOutput, checkFileOutput } from "./check-file-input.ts";

const timeoutMs = 20_000;

/**
 * Lets a worker look at a path (or, for null, at the allowed folders); nothing is changed. Throws `invalid-input`, `no-worker`,
 * `probe-timeout`; what is wrong with the path itself is part of the answer.
 */
export async function askAboutFile(context: ServiceContext, path: string | null): Promise<CheckFileOutput> {
  // Half a surrogate pair is no character: no file is called so, and no catalogue keeps it.
  if (path !== null && !path.isWellFormed()) throw new LifeboatError("invalid-input", { issues: "path: is not valid text" });
  const run = await context.db.transaction((tx) =>
    startRun(tx, context, {
      type: "check-file",
      subject: path ?? "",
      trigger: context.actor.type === "token" ? "api" : "manual",
      input: { path },
      steps: ["inspect"],
    }),
  );
  await context.wake(run.id, run.workerGroup);
  return checkFileOutput.parse(await awaitProbe(context, run.id, { timeoutMs }));
}
