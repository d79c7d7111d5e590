import { and, eq, sql } from "drizzle-orm";
import { rm } from "node:fs/promises";
import type { ImportedFile } from "#lib/db/schema/backups";
import { imports } from "#lib/db/schema/imports";
import { servers } from "#lib/db/schema/servers";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import type { OpenSnapshot } from "#lib/engines/port";
import { recordAudit } from "../audit/record.ts";
import { loadHistory } from "../backups/history.ts";
import { beginChain, recordIntent } from "../backups/record-intent.ts";
import type { DumpedBackup } from "../backups/record-written.ts";
import { discardUnfinished, publishPack, rereadAndCommit } from "../backups/store-pack.ts";
import { storeStream } from "../backups/store-stream.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import type { SourceRow } from "../sources/dto.ts";
import { findSource } from "../sources/load.ts";
import type { ImportRow } from "./dto.ts";
import { importPath } from "./import-file.ts";
import { findImport } from "./load.ts";
import { openImport, type OpenImport } from "./open-import.ts";
import type { ImportSandbox } from "./ports.ts";
import { prepareArchive, preparePack, prepareSqlite, type Taken } from "./prepare-file.ts";
import { restoreTar, runScanned, scanScript, snapshotSandbox } from "./prepare-script.ts";
import { type Sniffed, sniffHandle } from "./sniff-file.ts";
import { engineOf, importOrder } from "./start.ts";

type Format = Extract<Sniffed, { kind: "format" }>;
type Importing = {
  readonly row: ImportRow;
  readonly source: SourceRow;
  readonly opened: OpenImport;
  readonly format: Format;
  readonly taken: Taken | null;
};
type Ready = { readonly snapshot: OpenSnapshot; readonly imported: ImportedFile; readonly database: string };

/**
 * Makes a file from elsewhere a full backup in a chain of its own. Archives, SQLite files and packs are stored as the bytes that they are;
 * scripts and directories are loaded in a sandbox and backed up from there like any database. The file itself is only read.
 */
export async function executeImport(work: RunWork): Promise<void> {
  const order = importOrder.parse(work.run.input);
  const row = await findImport(work.db, order.importId);
  let sandbox: ImportSandbox | null = null;
  let opened: OpenImport | null = null;
  try {
    const { source } = await findSource(work.db, work.run.sourceId ?? "");
    opened = await openImport(work, row);
    const importing = await begin(work, { row, source, opened }, order.takenAt);
    const ready = await prepare(work, importing, (started) => (sandbox = started));
    try {
      await store(work, importing, ready);
    } finally {
      await ready.snapshot.close();
    }
    if (row.origin === "upload") await rm(importPath(work.deps.imports.folder, row.id), { force: true }).catch(() => undefined);
  } catch (error) {
    await recordFailure(work, row.id, error);
    throw error;
  } finally {
    await opened?.file.close();
    await stopSandbox(work, sandbox);
  }
}

async function stopSandbox({ deps }: RunWork, sandbox: ImportSandbox | null): Promise<void> {
  await sandbox?.stop().catch((error: unknown) => deps.logger.warn("a sandbox waits for the sweep", { error }));
}

/** What the content says now counts: a folder's file may have become another one since it was looked at. */
async function begin(
  work: RunWork,
  { row, source, opened }: Pick<Importing, "row" | "source" | "opened">,
  asked: string | null,
): Promise<Importing> {
  const sniffed = await sniffHandle(opened.file);
  if (sniffed.kind !== "format") throw new LifeboatError("import-format-unknown", { fileName: row.fileName, found: sniffed.found });
  if (sniffed.format !== row.format) throw new LifeboatError("file-changed", { path: opened.path });
  const engine = engineOf[sniffed.format];
  if (engine !== null && engine !== source.engine) {
    throw new LifeboatError("import-engine-differs", { format: sniffed.format, engine: source.engine });
  }
  await work.deps.prepareDestination();
  const taken: Taken | null =
    asked !== null
      ? { takenAt: new Date(asked), takenFrom: "asked" }
      : sniffed.takenAt === null
        ? null
        : { takenAt: sniffed.takenAt, takenFrom: "file" };
  return { row, source, opened, format: sniffed, taken };
}

function detected({ format, opened }: Importing) {
  return { format: format.format, wrapping: format.wrapping, bytes: opened.bytes };
}

async function prepare(work: RunWork, importing: Importing, onSandbox: (sandbox: ImportSandbox) => void): Promise<Ready> {
  const { opened, format, taken, source, row } = importing;
  const { reporter } = work;
  const about = (sha256: string, takenFrom: Taken["takenFrom"]): ImportedFile => ({
    fileName: row.fileName,
    bytes: opened.bytes,
    sha256,
    format: format.format,
    takenFrom,
  });
  switch (format.format) {
    case "pg-custom":
    case "sqlite":
    case "lifeboat-pack": {
      const file = await reporter.step(
        "detect",
        async () => {
          if (format.format === "lifeboat-pack") return preparePack(work, opened, source.engine, taken);
          const prepareOne = format.format === "pg-custom" ? prepareArchive : prepareSqlite;
          return prepareOne(work, opened, format, needTime(taken));
        },
        () => detected(importing),
      );
      return { snapshot: file.snapshot, imported: about(file.sha256, file.takenFrom), database: file.database ?? source.database };
    }
    case "pg-plain": {
      const { takenAt, takenFrom } = needTime(taken);
      const scanned = await reporter.step(
        "detect",
        () => scanScript(work, opened, format),
        () => detected(importing),
      );
      const sandbox = await startSandbox(work, importing, { major: scanned.major, encoding: scanned.facts.encoding }, onSandbox);
      await reporter.step("run-script", () => runScanned(work, opened, format, scanned, sandbox));
      const snapshot = await snapshotSandbox(work, sandbox, takenAt, sandbox.address.username);
      return { snapshot, imported: about(scanned.sha256, takenFrom), database: source.database };
    }
    case "pg-directory-tar": {
      const { takenAt, takenFrom } = needTime(taken);
      await reporter.step(
        "detect",
        () => Promise.resolve(),
        () => detected(importing),
      );
      // Its versions stand in its table of contents, which comes out with the rest: the newest server reads every older archive.
      const sandbox = await startSandbox(work, importing, { major: 0, encoding: null }, onSandbox);
      const sha256 = await reporter.step("run-script", () => restoreTar(work, opened, format, sandbox));
      const snapshot = await snapshotSandbox(work, sandbox, takenAt, sandbox.address.username);
      return { snapshot, imported: about(sha256, takenFrom), database: source.database };
    }
    default:
      return format.format satisfies never;
  }
}

function needTime(taken: Taken | null): Taken {
  if (taken !== null) return taken;
  throw new LifeboatError("invalid-input", { issues: "takenAt: the file does not tell when it was made" });
}

async function startSandbox(
  work: RunWork,
  { source }: Importing,
  { major, encoding }: { major: number; encoding: string | null },
  onSandbox: (sandbox: ImportSandbox) => void,
): Promise<ImportSandbox> {
  const { db, deps, reporter, run, engineContext } = work;
  const [server] = await db
    .select({ username: servers.username })
    .from(servers)
    .where(eq(servers.id, source.serverId ?? ""));
  const wanted = { runId: run.id, major, owner: server?.username ?? "", encoding: encoding === "SQL_ASCII" ? "SQL_ASCII" : "UTF8" };
  const sandbox = await reporter.step(
    "sandbox",
    () => deps.imports.startSandbox(wanted, engineContext),
    ({ serverVersion, isOffline }) => ({ serverVersion, offline: isOffline }),
  );
  onSandbox(sandbox);
  if (!sandbox.isOffline) reporter.log("warning", "this system does not let the sandbox's programs be cut off from the network");
  return sandbox;
}

async function store(work: RunWork, { row, source, opened }: Importing, { snapshot, imported, database }: Ready): Promise<void> {
  const { deps, run, reporter } = work;
  const history = await loadHistory(work.db, source.id, { excludedSchemas: [], excludedTables: [] });
  const { extension, snapshotAt, serverVersion, toolVersion } = snapshot;
  const intent = await recordIntent(work, {
    source,
    kind: "full",
    origin: "imported",
    chain: beginChain(work, snapshot.estimatedBytes),
    extension,
    database,
    snapshotAt,
    serverVersion,
    toolVersion,
    imported,
  });
  let dumped: DumpedBackup | null = null;
  try {
    const usualBytes = imported.format === "pg-custom" || imported.format === "sqlite" ? snapshot.estimatedBytes : null;
    dumped = await reporter.step("dump", () => storeStream(opensSafely(work), intent, { snapshot, base: null, usualBytes }), storedFacts);
    await opened.assertUnchanged();
    const isAsItCame = imported.format === "pg-custom" && dumped.written.stream.bytes === imported.bytes;
    if (isAsItCame && dumped.written.stream.sha256 !== imported.sha256) throw new LifeboatError("file-changed", { path: opened.path });
    await publishPack(work, intent, dumped, history);
    const { pack, stream } = dumped.written;
    const { warnings } = dumped.result;
    await rereadAndCommit(work, intent, dumped, async (tx) => {
      await tx
        .update(imports)
        .set({ state: "done", backupId: intent.backupId, sha256: imported.sha256, error: null, version: sql`${imports.version} + 1` })
        .where(eq(imports.id, row.id));
      await recordAudit(tx, actAs(deps, run), {
        action: "import.done",
        targetType: "backup",
        targetId: intent.backupId,
        targetName: source.name,
        after: { runId: run.id, importId: row.id, ...imported, streamBytes: stream.bytes, storedBytes: pack.bytes },
      });
      await finishRun(tx, work.lease, { state: "succeeded", warnings, backupId: intent.backupId });
    });
  } catch (error) {
    await discardUnfinished(work, intent, dumped, error);
    throw error;
  }
}

/** Whatever lists an archive from elsewhere is a client that may. */
function opensSafely(work: RunWork): RunWork {
  const { deps } = work;
  return { ...work, deps: { ...deps, engine: { ...deps.engine, listArchive: deps.imports.listArchive } } };
}

function storedFacts({ written, result }: DumpedBackup) {
  return { streamBytes: written.stream.bytes, storedBytes: written.pack.bytes, tables: result.tables.length };
}

/** The import can be tried again; what a run without its lease says about it does not count. */
async function recordFailure({ db, lease, run, deps, signal }: RunWork, id: string, error: unknown): Promise<void> {
  const reason = signal.aborted && signal.reason instanceof LifeboatError ? signal.reason.reason : reasonOf(error);
  if (reason.code === "lease-lost") return;
  try {
    await db.transaction(async (tx) => {
      await assertLease(tx, lease);
      await tx
        .update(imports)
        .set({ state: "failed", error: reason, version: sql`${imports.version} + 1` })
        .where(and(eq(imports.id, id), eq(imports.runId, run.id)));
    });
  } catch (cause) {
    deps.logger.warn("a failed import waits for the sweep", { runId: run.id, error: cause });
  }
}
