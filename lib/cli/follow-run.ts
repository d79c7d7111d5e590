import { getRun, type RunDetailDto } from "#lib/contracts/runs";
import { isActive } from "#lib/domain/run-state";
import { formatSecondsLeft } from "#lib/format/duration";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { afterStart, askPatiently, failed, type Session } from "./session.ts";
import { countBar, progressBar } from "./terminal.ts";
import { waitFor } from "./wait.ts";

const pollMs = 500;

/**
 * Follows a run to its end, with a line of progress on a terminal. Interrupted, it says that the run goes on, and so does the error when Lifeboat stays
 * away for more than a minute and a half.
 */
export async function followRun(session: Session, id: string): Promise<RunDetailDto> {
  const { terminal, signal } = session;
  try {
    for (;;) {
      const run = await askPatiently(session, getRun, { params: { id } });
      if (!isActive(run.state)) return run;
      terminal.progress(progressOf(await atWork(session, run)));
      await waitFor(pollMs, signal);
    }
  } catch (error) {
    throw afterStart(session, `runs/${id}`, error);
  } finally {
    terminal.endProgress();
  }
}

/** A replacement that waits for its safety backup shows how far that one is. */
async function atWork(session: Session, run: RunDetailDto): Promise<RunDetailDto> {
  if (run.state !== "queued" || run.afterRunId === null || !session.terminal.isInteractive) return run;
  const first = await askPatiently(session, getRun, { params: { id: run.afterRunId } });
  return isActive(first.state) ? first : run;
}

/** What a run is at, in a line. */
export function progressOf({ type, state, steps, progress }: Pick<RunDetailDto, "type" | "state" | "steps" | "progress">): string {
  if (state === "queued") return `${type}  waiting for a worker`;
  const step = steps.find((each) => each.state === "running")?.code;
  const label = step === undefined ? type : `${type}: ${step}`;
  const { bytesDone, bytesTotal, tablesDone, tablesTotal, secondsLeft } = progress;
  if (bytesDone === 0 && bytesTotal === null) return tablesTotal === null ? label : countBar(label, tablesDone, tablesTotal);
  const isDone = bytesTotal !== null && bytesDone >= bytesTotal;
  const left = secondsLeft === null || isDone ? "" : `  ${formatSecondsLeft(secondsLeft, "en")} left`;
  return `${progressBar(label, bytesDone, bytesTotal)}${left}`;
}

/** Throws with the run's own reason unless it succeeded. */
export function requireSuccess(run: RunDetailDto): RunDetailDto {
  if (run.state === "succeeded") return run;
  const what = `${run.type} ${run.id} ${run.state}`;
  if (run.error === null) throw failed(what);
  throw failed(`${what}: ${run.error.message}`, run.error.hint, run.error.code);
}

/** Tells a run that was started and is not waited for. */
export function tellStarted(session: Session, run: RunDetailDto): ExitCode {
  if (session.asJson) session.terminal.printJson(run);
  else session.terminal.print(`${run.id} ${run.state}; look at ${session.baseUrl}/runs/${run.id}`);
  return exitCode.ok;
}
