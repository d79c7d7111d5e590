import { hostname } from "node:os";
import { basename } from "node:path";
import { pickToolSet } from "#lib/engines/postgres/tool-choice";
import { querySql, reachServer, readVersion } from "#lib/engines/postgres/server";
import type { StreamChunk } from "#lib/engines/port";
import packageJson from "../../../package.json" with { type: "json" };
import { usageError } from "../exit-code.ts";
import { progressBar, type Terminal } from "../terminal.ts";
import type { Place } from "./address.ts";
import { openDumpFile } from "./dump-file.ts";
import { listDump } from "./list-dump.ts";
import { type DumpRecord, recordPath, writeRecord } from "./record.ts";
import type { Workshop } from "./workshop.ts";

export type BackUpRequest = {
  readonly place: Place;
  /** Absolute. `.zst` at its end: compressed. */
  readonly out: string;
  readonly operator: string;
  readonly lockWaitSeconds: number;
};

/** Says which tools will work on a server, before anything is done. Throws `tool-missing`, `tool-too-old` with the cure. */
export async function verifyTools(
  { deps, context }: Workshop,
  { address, database }: Place,
  needed: string,
  terminal: Terminal,
): Promise<void> {
  const reached = await reachServer(address, context.signal);
  const ask = async (name: string) => await querySql(reached, name, context.applicationName, readVersion);
  const version = await ask(database).catch(async () => await ask(address.maintenanceDatabase));
  const toolSet = pickToolSet(await deps.tools.sets(), version.major, [needed], await deps.tools.installer());
  terminal.note(`${needed} ${toolSet.version} (${toolSet.path}) for PostgreSQL ${version.text}`);
}

/**
 * Dumps a database into a new file: written beside its name, synced, read again, listed by pg_restore, then its record and its name appear.
 * Whatever goes wrong leaves no file. Throws what the engine throws, `file-exists`, `no-space`, `stream-mismatch`.
 */
export async function backUp(workshop: Workshop, request: BackUpRequest, terminal: Terminal): Promise<DumpRecord> {
  const { engine, context } = workshop;
  const { place, out, operator, lockWaitSeconds } = request;
  if (/\.(sql|sql\.\w+|gz|tar|json)$/i.test(out))
    throw usageError(
      `${basename(out)}: a dump is an archive for pg_restore; end the name with .dump, or with .dump.zst for a compressed one`,
    );
  const startedAt = new Date();
  const snapshot = await engine.snapshot({ ...place, excludedSchemas: [], excludedTables: [], lockWaitSeconds }, context);
  try {
    const isCompressed = out.endsWith(".zst");
    const file = await openDumpFile(out, snapshot.estimatedBytes);
    try {
      const written = await file.write(told(snapshot.chunks(), snapshot.estimatedBytes, terminal), isCompressed);
      const result = await snapshot.finish();
      terminal.endProgress();
      await file.reread(written);
      await listDump(workshop, file.temporary, written, isCompressed);
      const { manifest, tables, warnings } = result;
      const record: DumpRecord = {
        format: "lifeboat-dump-record",
        formatVersion: 1,
        file: basename(out),
        ...written,
        compression: isCompressed ? "zstd" : "none",
        operator,
        hostName: hostname(),
        startedAt: startedAt.toISOString(),
        snapshotAt: snapshot.snapshotAt.toISOString(),
        finishedAt: new Date().toISOString(),
        database: place.database,
        server: { host: place.address.host, port: place.address.port, version: snapshot.serverVersion },
        tool: `pg_dump ${snapshot.toolVersion}`,
        lifeboat: packageJson.version,
        tables: [...tables],
        properties: manifest.properties,
        extensions: [...manifest.extensions],
        roles: [...manifest.roles],
        migrationHead: manifest.migrationHead,
        warnings: [...warnings],
      };
      // First the record, then the name: a dump is never seen without its checksum.
      await writeRecord(out, record);
      await file.publish();
      for (const warning of warnings) terminal.note(`warning: ${warning}`);
      terminal.note(`recorded in ${recordPath(out)}`);
      return record;
    } catch (error) {
      await file.discard();
      throw error;
    }
  } finally {
    await snapshot.close();
  }
}

async function* told(chunks: AsyncIterable<StreamChunk>, estimatedBytes: number | null, terminal: Terminal): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let toldAt = 0;
  for await (const chunk of chunks) {
    yield chunk.bytes;
    bytes += chunk.bytes.length;
    if (performance.now() - toldAt < 250) continue;
    toldAt = performance.now();
    terminal.progress(progressBar("dump", bytes, estimatedBytes === null ? null : Math.max(estimatedBytes, bytes)));
  }
}
