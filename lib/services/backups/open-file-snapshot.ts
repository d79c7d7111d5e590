import type { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import type { OpenSnapshot } from "#lib/engines/port";
import type { RunWork } from "../runs/work.ts";

/**
 * Copies a source's file, and tells of its checks as a step of their own: they go on beside the reading of the copy. A safety backup
 * keeps even a damaged file, because it is what is about to be replaced. Throws what `FileEngine.snapshot` throws.
 */
export async function openFileSnapshot(work: RunWork, source: typeof sources.$inferSelect): Promise<OpenSnapshot> {
  const { deps, run, reporter, engineContext } = work;
  const { path } = source;
  if (path === null) throw new LifeboatError("file-missing", { path: "" });
  const request = { path, keepDamaged: run.trigger === "safety" };
  const snapshot = await reporter.step(
    "snapshot-file",
    () => {
      reporter.restart({});
      return deps.files.snapshot(request, engineContext, (bytesDone, bytesTotal) => reporter.progress({ bytesDone, bytesTotal }));
    },
    ({ copy: { bytes, pages, journalMode, restarts } }) => ({ bytes, pages, journalMode, restarts }),
  );
  const { journalMode, restarts } = snapshot.copy;
  reporter.log("info", `${snapshot.serverVersion}, journal mode ${journalMode}`);
  if (restarts > 0)
    reporter.log("warning", `writers made the copy begin again ${restarts} times; in WAL mode they would not have to wait for it`);
  const checked = reporter.step(
    "check-source",
    () => snapshot.checked,
    ({ tables, problems, foreignKeyCount }) => ({ tables: tables.length, problems: problems.length, foreignKeys: foreignKeyCount }),
  );
  // `finish` asks for it; a snapshot that is closed before has no use for it.
  checked.catch(() => undefined);
  return {
    ...snapshot,
    finish: async () => {
      await checked;
      return snapshot.finish();
    },
  };
}
