import type { DrillHooksDto } from "#lib/contracts/drill-plans";
import type { Reason } from "#lib/domain/error";
import type { CopyReader, CopyTarget } from "#lib/engines/copy-port";
import type { EngineContext } from "#lib/engines/port";

/** What a sandbox is reached by; kept sealed on the drill's row, so that another run (or a restarted worker) finds it again. */
export type SandboxAccess = {
  readonly type: "sandbox";
  readonly drillId: string;
  readonly hostName: string;
  readonly binDir: string;
  readonly serverVersion: string;
  /** Runs as another account and without network; false: as our own, and whoever restores is no superuser. */
  readonly confined: boolean;
  /** Restores: superuser of a confined sandbox, else a role that is a member of every role it creates. */
  readonly owner: CopyTarget;
  /** Reads everything, writes nothing, and may neither read files nor run programs. */
  readonly reader: CopyTarget;
};

/** A temporary database on a server: whoever reads it is the server's restore role. */
export type ServerAccess = {
  readonly type: "server";
  readonly serverId: string;
  readonly database: string;
  /** `pg_database.oid` and the server's identity: only what is still that is ever removed. */
  readonly oid: number | null;
  readonly clusterId: string | null;
};

/** A copy of an SQLite file, in a folder of the drill. */
export type FileAccess = { readonly type: "file"; readonly hostName: string; readonly path: string };

export type DrillAccess = SandboxAccess | ServerAccess | FileAccess;

/** What is still there after a removal, counted by looking; all zeros is the proof. */
export type Leftovers = { readonly processes: number; readonly folders: number; readonly files: number; readonly detail: string };

/** `extensions` that could be made in it, and the free bytes where it would lie; left out where nobody knows. */
export type SandboxOutlook = {
  readonly serverVersion: string;
  readonly confined: boolean;
  readonly extensions?: readonly string[];
  readonly freeBytes?: number;
};

/** Throw-away servers of drills. A drill has one at most; it outlives runs, workers and their restarts, and ends with the drill. */
export interface DrillSandboxes {
  /** The server that a sandbox for a source of this major version would be, or why there can be none. */
  look(major: number): Promise<SandboxOutlook | { readonly problem: Reason }>;
  /**
   * Starts the sandbox of a drill with roles `owner` and `reader`; one that an earlier attempt left goes first, the drill's files stay. The database
   * of the given name is made by the engine, with the recorded properties. Throws `sandbox-unavailable` { detail }.
   */
  start(order: { drillId: string; major: number; database: string }, context: EngineContext): Promise<SandboxAccess>;
  /**
   * Creates the roles that a backup names, from its recorded globals (without passwords: nobody can sign in with them). What cannot be
   * carried over is told, not thrown.
   */
  createRoles(
    access: SandboxAccess,
    recorded: { globalsSql: string | null; roles: readonly string[] },
    context: EngineContext,
  ): Promise<{ readonly created: readonly string[]; readonly problems: readonly string[] }>;
  /** False when its server is gone, or it is another host's. */
  isAlive(access: SandboxAccess): Promise<boolean>;
  /** A TCP port of this host's loopback that leads to the sandbox, for applications; ends with the sandbox. */
  relay(access: SandboxAccess): Promise<{ readonly host: string; readonly port: number }>;
  /** True while this host has a folder of that drill. */
  holds(drillId: string): Promise<boolean>;
  /** Ends what hooks started for that drill on this host; only while none of its checks run. */
  endStarted(drillId: string): Promise<void>;
  /** Ends the server, removes its folder and counts what is left. Quietly done when there is none. */
  remove(drillId: string): Promise<Leftovers>;
  /** Ends and removes sandboxes and folders of drills that are over; opens relays of living ones again. */
  sweep(isOver: (drillIds: readonly string[]) => Promise<ReadonlySet<string>>): Promise<void>;
  /** A private folder of the drill for files (0700), removed with it. */
  folder(drillId: string): Promise<string>;
}

/** What a program of the host is started on; the drill's id stands in its environment, so that it is found when its worker was killed. */
export type HookCopy = { readonly url: string; readonly drillId: string };

/** What a release check is told about. */
export type HookGate = { readonly gateId: string; readonly commit: string; readonly backupId: string };

export type CommandOutcome = {
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly output: string;
  readonly durationMs: number;
};

/** What the host's configuration file (`LIFEBOAT_DRILL_HOOKS`) declares. Names come from browsers, everything else from the file. */
export interface DrillHooks {
  declared(): Promise<DrillHooksDto>;
  /**
   * Runs a declared command with the copy's URL in its environment and nothing of Lifeboat's own: no key, no catalogue, no tokens. Output (both
   * streams, in order) is bounded to 64 KiB and redacted. Throws `hook-unknown` { name }.
   */
  runCommand(name: string, copy: HookCopy, context: EngineContext): Promise<CommandOutcome>;
  /**
   * Runs a declared command as the release check of a gate: with the gate's id, commit and backup in its environment and no copy's URL. Bounded,
   * redacted and ended like any other. Throws `hook-unknown` { name }.
   */
  runReleaseCheck(name: string, gate: HookGate, context: EngineContext): Promise<CommandOutcome>;
  /** Ends what a gate's release check started on this host; only once its run is over. */
  endReleaseCheck(gateId: string): Promise<void>;
  /** Starts a declared application on the copy (or names the one that the file says is running) and waits until it answers. Throws `hook-unknown`, `application-not-ready` { name, detail }. */
  startApplication(
    name: string,
    copy: HookCopy,
    context: EngineContext,
  ): Promise<{ readonly origin: string; readonly stop: () => Promise<void> }>;
  /** One request to the origin of a started application; follows no redirect elsewhere; the body is bounded to 256 KiB. */
  request(
    origin: string,
    order: { method: "GET" | "POST"; path: string; body: string; timeoutMs: number },
    context: EngineContext,
  ): Promise<{ readonly status: number; readonly body: string }>;
  /** The migration head that an application's repository or release declares; null when it declares none. Throws `hook-unknown`, `check-not-possible` { detail }. */
  declaredHead(application: string): Promise<{ readonly tool: string; readonly head: string } | null>;
}

/** What drills need of the outside; wired in `lib/worker/drill-ports.ts`. */
export type DrillPorts = { readonly sandboxes: DrillSandboxes; readonly hooks: DrillHooks; readonly copies: CopyReader };
