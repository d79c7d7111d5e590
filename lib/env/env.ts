import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { readSecretFiles } from "./secret-files.ts";

const flag = z.stringbool({ truthy: ["1", "true", "yes", "on"], falsy: ["0", "false", "no", "off", ""] });
const milliseconds = (fallback: number) => z.coerce.number().int().min(10).max(86_400_000).default(fallback);

/** Where an installation keeps its data when nothing is said: root's home cannot be reached by the PostgreSQL user. */
function defaultDataDir(isRoot: boolean, source: Record<string, string | undefined>): string {
  if (isRoot) return "/var/lib/lifeboat";
  return join(source["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "lifeboat");
}

const schema = z.object({
  LIFEBOAT_DATA_DIR: z.string().optional(),
  LIFEBOAT_URL: z
    .url({ protocol: /^https?$/, error: "must be an http:// or https:// address, for example https://lifeboat.example.org" })
    .optional(),
  PORT: z.coerce.number({ error: "must be a port number between 1 and 65535" }).int().min(1).max(65_535).default(3210),
  HOST: z.string().min(1).default("127.0.0.1"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must begin with postgres:// or postgresql://")
    .optional(),
  DATABASE_PASSWORD: z.string().optional(),
  BACKUP_DIR: z.string().optional(),
  PG_BIN_PATH: z.string().default(""),
  TRUSTED_PROXY: z.string().default(""),
  DISABLE_AUTO_BACKUP: flag.default(false),
  LIFEBOAT_ADMIN_EMAIL: z.email("must be an e-mail address").optional(),
  LIFEBOAT_ADMIN_PASSWORD: z.string().min(12, "must have at least 12 characters").max(200).optional(),
  LIFEBOAT_BOOTSTRAP_TOKEN: z.string().min(24, "must have at least 24 characters; make one with: openssl rand -hex 32").max(200).optional(),
  LIFEBOAT_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "must be 64 hex digits; make one with: openssl rand -hex 32")
    .optional(),
  LIFEBOAT_TEMP_DIR: z.string().optional(),
  LIFEBOAT_IMPORT_DIRS: z.string().default(""),
  LIFEBOAT_SQLITE_DIRS: z.string().default(""),
  LIFEBOAT_DRILL_HOOKS: z.string().refine(isAbsolute, "must be an absolute path").optional(),
  LIFEBOAT_WORKER_GROUP: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "must be lower-case letters, digits and hyphens")
    .default("default"),
  LIFEBOAT_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  LIFEBOAT_LEASE_MS: milliseconds(30_000),
  LIFEBOAT_HEARTBEAT_MS: milliseconds(5_000),
  LIFEBOAT_SWEEP_MS: milliseconds(15_000),
  LIFEBOAT_PROGRESS_MS: milliseconds(500),
  LIFEBOAT_LOCK_WAIT_MS: milliseconds(60_000),
  LIFEBOAT_STALL_MS: milliseconds(20_000),
  LIFEBOAT_TICK_MS: milliseconds(1_000),
  LIFEBOAT_NOTIFY_TIMEOUT_MS: milliseconds(10_000),
  LIFEBOAT_NOTIFY_GATHER_MS: milliseconds(60_000),
});

/** The validated configuration of one process. Durations are milliseconds, folders absolute. */
export type Env = {
  dataDir: string;
  /** The address that people and links use; defaults to `http://<host>:<port>`. */
  publicUrl: string;
  port: number;
  host: string;
  /** Null: the embedded catalogue. */
  databaseUrl: string | null;
  backupDir: string;
  tempDir: string;
  pgBinPath: readonly string[];
  /** Folders whose files may be imported; empty: none. */
  importDirs: readonly string[];
  /** Folders whose SQLite files may be sources and targets; empty: none. */
  sqliteDirs: readonly string[];
  /** The file that declares what drills may start on this host; null: nothing. */
  drillHooksFile: string | null;
  /** Addresses or CIDR ranges of proxies whose forwarded headers count. */
  trustedProxies: readonly string[];
  disableAutoBackup: boolean;
  adminEmail: string | null;
  adminPassword: string | null;
  bootstrapToken: string | null;
  key: string | null;
  workerGroup: string;
  logLevel: "debug" | "info" | "warn" | "error";
  leaseMs: number;
  heartbeatMs: number;
  sweepMs: number;
  progressMs: number;
  lockWaitMs: number;
  stallMs: number;
  /** How often it is looked what schedules, gates and messages want. */
  tickMs: number;
  /** The longest that a receiver of messages is waited for. */
  notifyTimeoutMs: number;
  /** So long after a message to people the next one gathers what else happens. */
  notifyGatherMs: number;
};

/** Thrown by `readEnv` with one line per wrong variable. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}

function databaseUrl(url: string | undefined, password: string | undefined): string | null {
  if (password === undefined) return url ?? null;
  const address = url !== undefined && URL.canParse(url) ? new URL(url) : null;
  if (address === null || address.host === "" || address.username === "" || address.password !== "") {
    throw new EnvError("DATABASE_PASSWORD: needs a DATABASE_URL with host and user and without a password");
  }
  address.password = encodeURIComponent(password);
  return address.href;
}

/** A colon-separated list of folders. Throws `EnvError` for one that is not absolute: what it means would depend on who starts us. */
function folders(name: string, value: string): string[] {
  const parts = value.split(":").filter((part) => part !== "");
  if (parts.some((part) => !isAbsolute(part))) throw new EnvError(`${name}: must be absolute folders, separated by colons`);
  return parts.map((part) => resolve(part));
}

/**
 * Reads and validates the configuration; the only reader of `process.env`.
 * An empty variable counts as not set; secrets may stand in files (`<name>_FILE`). Throws `EnvError` naming every wrong variable, never a value.
 */
export function readEnv(source: Record<string, string | undefined> = process.env, isRoot = process.getuid?.() === 0): Env {
  const { values, problems } = readSecretFiles(source);
  if (problems.length > 0) throw new EnvError(problems.join("\n"));
  const present = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(present);
  if (!parsed.success) {
    throw new EnvError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  }
  const value = parsed.data;
  if ((value.LIFEBOAT_ADMIN_EMAIL === undefined) !== (value.LIFEBOAT_ADMIN_PASSWORD === undefined)) {
    throw new EnvError("LIFEBOAT_ADMIN_EMAIL and LIFEBOAT_ADMIN_PASSWORD: set both or neither");
  }
  const dataDir = resolve(value.LIFEBOAT_DATA_DIR ?? defaultDataDir(isRoot, source));
  const shownHost = value.HOST.includes(":") ? `[${value.HOST}]` : value.HOST;
  return {
    dataDir,
    publicUrl: (value.LIFEBOAT_URL ?? `http://${shownHost === "0.0.0.0" ? "127.0.0.1" : shownHost}:${value.PORT}`).replace(/\/+$/, ""),
    port: value.PORT,
    host: value.HOST,
    databaseUrl: databaseUrl(value.DATABASE_URL, value.DATABASE_PASSWORD),
    backupDir: resolve(value.BACKUP_DIR ?? join(dataDir, "backups")),
    tempDir: resolve(value.LIFEBOAT_TEMP_DIR ?? join(dataDir, "tmp")),
    pgBinPath: value.PG_BIN_PATH.split(":").filter((part) => part !== ""),
    importDirs: folders("LIFEBOAT_IMPORT_DIRS", value.LIFEBOAT_IMPORT_DIRS),
    sqliteDirs: folders("LIFEBOAT_SQLITE_DIRS", value.LIFEBOAT_SQLITE_DIRS),
    drillHooksFile: value.LIFEBOAT_DRILL_HOOKS ?? null,
    trustedProxies: value.TRUSTED_PROXY.split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
    disableAutoBackup: value.DISABLE_AUTO_BACKUP,
    adminEmail: value.LIFEBOAT_ADMIN_EMAIL ?? null,
    adminPassword: value.LIFEBOAT_ADMIN_PASSWORD ?? null,
    bootstrapToken: value.LIFEBOAT_BOOTSTRAP_TOKEN ?? null,
    key: value.LIFEBOAT_KEY ?? null,
    workerGroup: value.LIFEBOAT_WORKER_GROUP,
    logLevel: value.LIFEBOAT_LOG_LEVEL,
    leaseMs: value.LIFEBOAT_LEASE_MS,
    heartbeatMs: value.LIFEBOAT_HEARTBEAT_MS,
    sweepMs: value.LIFEBOAT_SWEEP_MS,
    progressMs: value.LIFEBOAT_PROGRESS_MS,
    lockWaitMs: value.LIFEBOAT_LOCK_WAIT_MS,
    stallMs: value.LIFEBOAT_STALL_MS,
    tickMs: value.LIFEBOAT_TICK_MS,
    notifyTimeoutMs: value.LIFEBOAT_NOTIFY_TIMEOUT_MS,
    notifyGatherMs: value.LIFEBOAT_NOTIFY_GATHER_MS,
  };
}
