import type { FileLook } from "#lib/engines/file-port";
import { finishRun } from "../runs/finish.ts";
import type { RunWork } from "../runs/work.ts";
import { checkFileInput, type CheckFileOutput } from "./check-file-input.ts";

/** Looks at a file or folder of this host. What is wrong with it is the answer, so the run succeeds. */
export async function executeCheckFile(work: RunWork): Promise<void> {
  const { db, deps, run, reporter, lease, signal } = work;
  const { path } = checkFileInput.parse(run.input);
  const found = await reporter.step("inspect", () => deps.files.look(path, work.engineContext));
  signal.throwIfAborted();
  await reporter.flush();
  await finishRun(db, lease, { state: "succeeded", output: outputOf(found, deps.files.roots) });
}

function outputOf({ path, files, file, problem }: FileLook, roots: readonly string[]): CheckFileOutput {
  return {
    roots: [...roots],
    path,
    files: files.map((each) => ({ path: each.path, bytes: each.bytes, modifiedAt: each.modifiedAt.toISOString() })),
    file,
    problem: problem === null ? null : { code: problem.code, params: { ...problem.params } },
  };
}
