import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, statfs } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { findIsolation } from "#lib/clusters/isolation";
import { findProcessesOf, type SandboxProcess } from "#lib/clusters/sandbox-processes";
import { readSandboxRecord, type SandboxRecord, writeSandboxRecord } from "#lib/clusters/sandbox-record";
import { isSandboxRunning, removeSandboxServer, sandboxPort, startSandboxServer } from "#lib/clusters/sandbox-server";
import { findSandboxUser } from "#lib/clusters/sandbox-user";
import type { ServerBinaries } from "#lib/clusters/server-binaries";
import type { OsUser } from "#lib/clusters/os-user";
import { LifeboatError, type Reason, reasonOf } from "#lib/domain/error";
import { drillMark, endMarked } from "#lib/exec/marked-processes";
import type { EngineContext } from "#lib/engines/port";
import type { PinnedAddress } from "#lib/engines/postgres/address";
import { admitReader, createRecordedRoles, makeSandboxRoles, type SandboxRole, weakenRoles } from "#lib/engines/postgres/sandbox-roles";
import { socketPath } from "#lib/engines/postgres/socket-folder";
import { rememberSecret } from "#lib/log/redact";
import type { Logger } from "#lib/log/log";
import type { Keyring } from "#lib/secrets/keyring";
import type { DrillSandboxes, Leftovers, SandboxAccess } from "#lib/services/drills/ports";
import type { Admit } from "./admitted-copies.ts";
import { createRelays, type Relays } from "./drill-relay.ts";
import { chooseSandboxBinaries } from "./sandbox-binaries.ts";
import { listExtensions } from "./sandbox-extensions.ts";

export type SandboxHost = {
  /** Folder of all sandboxes. */
  readonly root: string;
  readonly pgBinPath: readonly string[];
  readonly keyring: Keyring;
  readonly logger: Logger;
  /** Whether other accounts can be had; asked of the system unless told. */
  readonly isRoot?: boolean;
  /** False: namespaces are not used, as on a system that does not let us. */
  readonly mayIsolate?: boolean;
};

/** Who reads a copy, and how its server is reached with all rights: roles are made and readers let in by the latter. */
type Secrets = { readonly superuser: SandboxRole; readonly reader: string; readonly database: string };

export type HostSandboxes = DrillSandboxes & {
  readonly admitReaderOf: Admit;
  /** Before a person's statement is run: recorded roles lose what reaches beyond data. Quietly done for what is no sandbox. */
  readonly weakenRolesOf: (socketFolder: string, applicationName: string) => Promise<void>;
};

const idPattern = /^drl_[0-9a-f]{32}$/;

/** Sandboxes of drills on this host, each a folder `<root>/<drill's id>` with its server, its record and its files. */
export function createDrillSandboxes(host: SandboxHost): HostSandboxes {
  const { root, keyring, logger } = host;
  const relays = createRelays(logger);
  const folderOf = (drillId: string) => {
    if (!idPattern.test(drillId)) throw new LifeboatError("sandbox-unavailable", { detail: "no drill to name it by" });
    return join(root, drillId);
  };
  const sessionOf = (drillId: string, record: SandboxRecord, applicationName: string) => {
    if (record.sealed === null) throw new LifeboatError("copy-gone", { detail: "the sandbox was not started to its end" });
    const secrets = JSON.parse(keyring.open(record.sealed, drillId)) as Secrets;
    return { secrets, session: { superuser: pinned(record.socketDir, secrets.superuser), applicationName } };
  };
  const requireRecord = async (drillId: string) => {
    const record = await readSandboxRecord(folderOf(drillId));
    if (record === null) throw new LifeboatError("copy-gone", { detail: "the sandbox is gone" });
    return record;
  };
  const openRelay = async (drillId: string, record: SandboxRecord) => {
    const point = await relays.open(drillId, socketPath(record.socketDir, sandboxPort), record.relayPort);
    if (record.relayPort === null) await writeSandboxRecord(folderOf(drillId), { ...record, relayPort: point.port });
    return point;
  };
  const findBySocket = async (socketFolder: string, applicationName: string) => {
    if (!existsSync(root)) return null;
    for (const drillId of (await readdir(root)).filter((name) => idPattern.test(name))) {
      const record = await readSandboxRecord(folderOf(drillId));
      if (record?.socketDir === socketFolder) return sessionOf(drillId, record, applicationName);
    }
    return null;
  };
  return {
    look: async (major) => {
      const found = await choose(host, major);
      if ("problem" in found) return found;
      const { binaries, confined } = found;
      const [extensions, freeBytes] = await Promise.all([listExtensions(binaries.binDir), freeBytesAt(root)]);
      return {
        serverVersion: binaries.version,
        confined,
        ...(extensions === null ? {} : { extensions }),
        ...(freeBytes === null ? {} : { freeBytes }),
      };
    },
    start: async ({ drillId, major, database }, context) => {
      const folder = folderOf(drillId);
      relays.close(drillId);
      const left = await removeSandboxServer(folder);
      if (left.length > 0) throw new LifeboatError("sandbox-unavailable", { detail: `an earlier one does not end: ${titles(left)}` });
      const found = await choose(host, major);
      if ("problem" in found) throw new LifeboatError(found.problem.code, found.problem.params);
      return await start(host, found, { drillId, folder, database }, context);
    },
    createRoles: async (access, recorded, context) => {
      const record = await requireRecord(access.drillId);
      const { session } = sessionOf(access.drillId, record, context.applicationName);
      return await createRecordedRoles(session, recorded, access.confined ? null : access.owner.address.username);
    },
    isAlive: async (access) => access.hostName === hostname() && (await isSandboxRunning(folderOf(access.drillId))),
    relay: async (access) => {
      const record = await requireRecord(access.drillId);
      const { secrets, session } = sessionOf(access.drillId, record, "lifeboat-relay");
      await admitReader(session, secrets.database, secrets.reader);
      return await openRelay(access.drillId, record);
    },
    holds: (drillId) => Promise.resolve(existsSync(folderOf(drillId))),
    endStarted: async (drillId) => void (await endMarked(drillMark, drillId)),
    remove: (drillId) => remove(relays, folderOf(drillId), drillId),
    sweep: async (isOver) => {
      const names = existsSync(root) ? (await readdir(root)).filter((name) => idPattern.test(name)) : [];
      const over = names.length === 0 ? new Set<string>() : await isOver(names);
      relays.closeAllBut(new Set(names));
      for (const drillId of names) {
        const folder = folderOf(drillId);
        try {
          if (over.has(drillId)) {
            logger.info("a sandbox that outlived its drill is removed", { drillId });
            const left = await remove(relays, folder, drillId);
            if (left.detail !== "") logger.warn("something of a sandbox is left", { drillId, detail: left.detail });
            continue;
          }
          const record = await readSandboxRecord(folder);
          if (record === null || record.relayPort === null || relays.isOpen(drillId)) continue;
          if (await isSandboxRunning(folder)) await openRelay(drillId, record);
        } catch (error) {
          // One that cannot be settled must not keep the others.
          logger.warn("a sandbox could not be swept", { drillId, error });
        }
      }
    },
    folder: async (drillId) => {
      const path = join(folderOf(drillId), "files");
      await mkdir(root, { recursive: true, mode: 0o711 });
      await mkdir(dirname(path), { recursive: true, mode: 0o711 });
      await mkdir(path, { recursive: true, mode: 0o700 });
      return path;
    },
    admitReaderOf: async (socketFolder, applicationName) => {
      const found = await findBySocket(socketFolder, applicationName);
      return found !== null && (await admitReader(found.session, found.secrets.database, found.secrets.reader));
    },
    weakenRolesOf: async (socketFolder, applicationName) => {
      const found = await findBySocket(socketFolder, applicationName);
      if (found !== null) await weakenRoles(found.session, found.secrets.superuser.username);
    },
  };
}

const titles = (processes: readonly Pick<SandboxProcess, "pid" | "title">[]) =>
  processes
    .slice(0, 5)
    .map(({ pid, title }) => `process ${pid} (${title.slice(0, 60)})`)
    .join(", ");

function pinned(socketDir: string, { username, password }: SandboxRole): PinnedAddress {
  return { ...addressOf(socketDir, { username, password }), ip: socketDir };
}

function addressOf(socketDir: string, { username, password }: SandboxRole) {
  rememberSecret(password);
  return {
    host: socketDir,
    port: sandboxPort,
    tlsMode: "disable" as const,
    tlsCa: "",
    username,
    password,
    maintenanceDatabase: "postgres",
  };
}

type Choice = {
  readonly binaries: ServerBinaries;
  readonly user: OsUser | null;
  readonly confined: boolean;
};

/** The server and the account, or why there is none: root cannot run a server as itself. */
async function choose(
  { pgBinPath, isRoot = process.getuid?.() === 0, mayIsolate = true }: SandboxHost,
  major: number,
): Promise<Choice | { readonly problem: Reason }> {
  const unavailable = (detail: string): { problem: Reason } => ({ problem: { code: "sandbox-unavailable", params: { detail } } });
  const binaries = await chooseSandboxBinaries(pgBinPath, major);
  if (binaries === null) return unavailable(`PostgreSQL ${major} or newer is not installed here`);
  const found = await findSandboxUser(isRoot);
  if ("why" in found && isRoot) return unavailable(found.why);
  const user = "user" in found ? found.user : null;
  const isIsolated = mayIsolate && (await findIsolation(user)).isIsolated;
  return { binaries, user, confined: user !== null && isIsolated };
}

async function start(
  { keyring, logger, mayIsolate = true }: SandboxHost,
  { binaries, user }: Choice,
  { drillId, folder, database }: { drillId: string; folder: string; database: string },
  context: EngineContext,
): Promise<SandboxAccess> {
  // No script can guess whom to become, and no recorded role has one of these names.
  const role = (what: string) => ({
    username: `lifeboat_${what}_${randomBytes(8).toString("hex")}`,
    password: randomBytes(24).toString("hex"),
  });
  const [superuser, reader] = [role("owner"), role("reader")];
  try {
    const server = {
      folder,
      binDir: binaries.binDir,
      superuser: superuser.username,
      password: superuser.password,
      user,
      mayIsolate,
      logger,
    };
    const record = await startSandboxServer(server, context.signal);
    const owner = record.confined ? superuser : role("restorer");
    const secrets: Secrets = { superuser, reader: reader.username, database };
    await writeSandboxRecord(folder, { ...record, sealed: keyring.seal(JSON.stringify(secrets), drillId) });
    const session = { superuser: pinned(record.socketDir, superuser), applicationName: context.applicationName };
    await makeSandboxRoles(session, reader, record.confined ? null : owner);
    context.signal.throwIfAborted();
    return {
      type: "sandbox",
      drillId,
      hostName: hostname(),
      binDir: binaries.binDir,
      serverVersion: binaries.version,
      confined: record.confined,
      owner: { address: addressOf(record.socketDir, owner), database },
      reader: { address: addressOf(record.socketDir, reader), database },
    };
  } catch (error) {
    await removeSandboxServer(folder).catch((cause: unknown) =>
      logger.warn("a sandbox that did not start waits for the sweep", { error: cause }),
    );
    context.signal.throwIfAborted();
    if (error instanceof LifeboatError && error.code === "sandbox-unavailable") throw error;
    const detail =
      error instanceof LifeboatError ? reasonOf(error).code : error instanceof Error ? error.message.slice(0, 500) : "it did not start";
    throw new LifeboatError("sandbox-unavailable", { detail }, { cause: error });
  }
}

/** Removes all there is, then looks again. */
async function remove(relays: Relays, folder: string, drillId: string): Promise<Leftovers> {
  relays.close(drillId);
  const record = await readSandboxRecord(folder).catch(() => null);
  if ((await removeSandboxServer(folder)).length === 0) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  // Programs of the host that a killed worker had started on the copy have nobody else who ends them.
  const started = await endMarked(drillMark, drillId);
  const processes = [...(await findProcessesOf(join(folder, "data"))), ...started];
  const folders = [folder, ...(record === null ? [] : [record.socketDir])].filter((path) => existsSync(path));
  const files = existsSync(folder)
    ? (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => !each.isDirectory())
    : [];
  const detail = [processes.length > 0 ? titles(processes) : "", ...folders].filter((text) => text !== "").join(", ");
  return { processes: processes.length, folders: folders.length, files: files.length, detail };
}

async function freeBytesAt(root: string): Promise<number | null> {
  for (let path = root; ; path = dirname(path)) {
    if (existsSync(path)) {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    }
    if (path === dirname(path)) return null;
  }
}
