import type { FileEngine } from "../file-port.ts";
import { checkFile, countRows } from "./check-file.ts";
import { look } from "./look.ts";
import { resolveFile } from "./paths.ts";
import { fileIdentity, inspectFileTarget, place, removeTemporary, replaceFile, seal, temporaryPath } from "./put-file.ts";
import { queryFile } from "./query-file.ts";
import { openFileSnapshot } from "./snapshot.ts";

export type SqliteEngineOptions = {
  /** The folders that the host's configuration allows; absolute. None: no file is touched. */
  readonly roots: readonly string[];
  /** Lifeboat's own folders: what lies in them is no source and no target. */
  readonly forbidden: readonly string[];
  /** How long locks of others are waited for, in milliseconds. */
  readonly lockWaitMs: number;
  /** The same while a file is replaced, which holds up its application: five seconds unless told otherwise. */
  readonly replaceWaitMs?: number;
};

/** SQLite files through Node's own SQLite; every file is opened by a process of its own. */
export function createSqliteEngine({ roots, forbidden, lockWaitMs, replaceWaitMs = 5_000 }: SqliteEngineOptions): FileEngine {
  const version = `SQLite ${process.versions["sqlite"] ?? "3"}`;
  const rules = { roots, forbidden };
  return {
    id: "sqlite",
    version,
    roots,
    look: (path, context) => look(path, rules, version, context),
    snapshot: (request, context, onCopied) => openFileSnapshot({ rules, version, lockWaitMs }, request, context, onCopied),
    check: checkFile,
    query: queryFile,
    countRows: async (asked, context) => {
      const { path, identity } = await resolveFile(asked, rules);
      return countRows(path, identity, context);
    },
    inspectTarget: (path) => inspectFileTarget(path, rules),
    temporaryPath,
    seal,
    place,
    replace: (temporary, target, context, guard) => replaceFile({ rules, busyMs: replaceWaitMs }, temporary, target, context, guard),
    identityOf: fileIdentity,
    removeTemporary,
  };
}
