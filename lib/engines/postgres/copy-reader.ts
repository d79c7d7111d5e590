import type { CopyReader } from "../copy-port.ts";
import { archiveObjects } from "./archive-objects.ts";
import { browseCopy, copyTables } from "./browse-copy.ts";
import { indexStructure } from "./copy-indexes.ts";
import { copyOrphans } from "./copy-orphans.ts";
import type { Deps } from "./engine-options.ts";
import { inspectCopy } from "./inspect-copy.ts";
import { newestRow } from "./newest-row.ts";
import { queryCopy } from "./query-copy.ts";
import { readCopy } from "./read-copy.ts";

/** Reads restored copies of PostgreSQL databases through `pg_dump` and SQL. */
export function createPostgresCopyReader(deps: Deps): CopyReader {
  return {
    archiveObjects,
    read: async (target, context) => await readCopy(deps, target, { dataOnly: false }, context),
    inspect: inspectCopy,
    orphans: copyOrphans,
    indexStructure,
    newest: newestRow,
    query: queryCopy,
    tables: copyTables,
    browse: browseCopy,
  };
}
