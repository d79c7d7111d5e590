import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { sweepSandboxes } from "#lib/clusters/sandbox";
import { readForeignArchive } from "#lib/engines/postgres/foreign-archive";
import { listArchiveWith } from "#lib/engines/postgres/list-archive";
import { safeToolSets } from "#lib/engines/postgres/safe-tools";
import { safetyOf } from "#lib/engines/postgres/tool-choice";
import { discoverToolSets } from "#lib/engines/postgres/tools";
import type { Logger } from "#lib/log/log";
import type { CodecPool } from "#lib/repository/codec-pool";
import type { Keyring } from "#lib/secrets/keyring";
import { importFolderName } from "#lib/services/imports/import-file";
import type { FolderEntry, ImportPorts } from "#lib/services/imports/ports";
import { openAllowed, resolveAllowed } from "#lib/storage/local/allowed-path";
import { decodeForeignPack } from "./decode-foreign-pack.ts";
import { startImportSandbox } from "./import-sandbox.ts";

export type ImportWiring = {
  readonly backupDir: string;
  readonly importDirs: readonly string[];
  readonly pgBinPath: readonly string[];
  /** Where sandboxes lie. */
  readonly sandboxDir: string;
  readonly pool: CodecPool;
  readonly keyring: Keyring;
  readonly logger: Logger;
};

const mostEntries = 500;

/** What imports need of the outside, on one host. */
export function createImportPorts(wiring: ImportWiring): ImportPorts {
  const { importDirs: roots, pgBinPath, sandboxDir, logger } = wiring;
  const safeSets = async () => safeToolSets(await discoverToolSets(pgBinPath), "pg_restore");
  return {
    folder: join(wiring.backupDir, importFolderName),
    roots,
    list: (path) => listAllowed(roots, path),
    open: (path) => openAllowed(roots, path),
    requireSafeTools: async () => void (await safeSets()),
    toolSafety: safetyOf,
    listArchive: async (path, context) => {
      const [newest] = await safeSets();
      return await listArchiveWith(newest!.path, path, context);
    },
    readArchive: readForeignArchive,
    decodePack: (path, toPath, context) => decodeForeignPack(wiring, { path, toPath }, context),
    startSandbox: (wanted, context) => startImportSandbox({ root: sandboxDir, pgBinPath, logger }, wanted, context),
    sweepSandboxes: (isOver) => sweepSandboxes(sandboxDir, isOver, logger),
  };
}

/** Folders first, then files, by name. Links are followed only where they stay inside; what is neither is left out, and dot files too. */
async function listAllowed(roots: readonly string[], asked: string): Promise<{ path: string; entries: FolderEntry[]; truncated: boolean }> {
  const { path } = await resolveAllowed(roots, asked);
  const names = (await readdir(path)).filter((name) => !name.startsWith(".")).sort();
  const entries: FolderEntry[] = [];
  for (const name of names.slice(0, mostEntries)) {
    const found = await resolveAllowed(roots, join(path, name)).catch(() => null);
    if (found === null || !(found.isFile || found.isFolder)) continue;
    const facts = await stat(found.path).catch(() => null);
    if (facts === null) continue;
    const type = found.isFolder ? ("folder" as const) : ("file" as const);
    entries.push({ name, path: join(path, name), type, bytes: found.isFolder ? 0 : facts.size, modifiedAt: facts.mtime });
  }
  entries.sort((a, b) => (a.type === b.type ? 0 : a.type === "folder" ? -1 : 1));
  return { path, entries, truncated: names.length > mostEntries };
}
