import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import type { ArchiveObjects, CopyTarget } from "../copy-port.ts";
import type { EngineContext, TableDigest } from "../port.ts";
import { namedObjects } from "./archive-objects.ts";
import { libpqEnvironment } from "./connection.ts";
import { dumpArguments } from "./dump-arguments.ts";
import { DumpStream } from "./dump-stream.ts";
import { isHalfDropped } from "./drop-database.ts";
import type { Deps } from "./engine-options.ts";
import { querySql, reachServer, readEncoding, readVersion } from "./server.ts";
import { pickToolSet } from "./tool-choice.ts";

type Read = ArchiveObjects & { readonly tables: readonly TableDigest[]; readonly tool: string };

/** Dumps a database to nowhere, through the reader that reads backups: every table's count and digest, and the objects. */
export async function readCopy(
  deps: Deps,
  { address: server, database }: CopyTarget,
  what: { readonly dataOnly: boolean },
  context: EngineContext,
): Promise<Read> {
  const address = await reachServer(server, context.signal);
  const read = async (sql: postgres.Sql) => ({ version: await readVersion(sql), encoding: await readEncoding(sql) });
  const { version, encoding } = await querySql(address, database, context.applicationName, read).catch(async (error: unknown) => {
    const isRefused = (error as { code?: string }).code === "55000";
    if (!isRefused || !(await isHalfDropped(address, database, context.applicationName))) throw error;
    throw new LifeboatError("database-dropped", { database }, { cause: error });
  });
  const toolSet = pickToolSet(await deps.tools.sets(), version.major, ["pg_dump"], await deps.tools.installer());
  const env = await libpqEnvironment(address, database, context);
  const { lockWaitMs, stallMs, lookMs } = deps.options;
  const choice = { excludedSchemas: [], excludedTables: [], droppedTables: [], lockWaitMs, snapshotId: null, encoding, ...what };
  const { applicationName, signal } = context;
  const dump = new DumpStream({
    binDir: toolSet.path,
    args: dumpArguments(choice),
    env,
    address,
    database,
    applicationName,
    lockWaitMs,
    stallMs,
    lookMs,
    signal,
  });
  try {
    // Read to the end for its facts; the bytes themselves are not kept.
    for await (const chunk of dump.chunks()) void chunk;
    const { facts } = await dump.finish();
    if (facts.unread !== null || facts.header === null) throw new LifeboatError("format-unknown", { detail: facts.unread ?? "no header" });
    return {
      ...namedObjects(facts.header, facts.entries),
      tables: facts.tables.map((table) => Object.assign(table, { excluded: false })),
      tool: `pg_dump ${toolSet.version}`,
    };
  } finally {
    await dump.close();
  }
}
