import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { spawnTool, type ToolExit, type ToolInput } from "#lib/exec/spawn-tool";
import { rememberSecret } from "#lib/log/redact";
import { lastLines } from "./connection-errors.ts";

/** How programs are started that open what comes from elsewhere. */
export type ConfinedRun = {
  readonly binDir: string;
  readonly confine: (file: string, args: readonly string[]) => { file: string; args: readonly string[]; uid?: number; gid?: number };
  readonly user: { readonly uid: number; readonly gid: number };
  /** An empty folder of that account. */
  readonly workDir: string;
  /** A socket's folder, or an address. */
  readonly host: string;
  readonly port: number;
  readonly role: string;
  readonly password: string;
  readonly database: string;
  readonly applicationName: string;
  readonly signal: AbortSignal;
};

/** Everything that a confined program is told; there is no terminal, no home and no service file. */
async function environment(run: ConfinedRun): Promise<Record<string, string>> {
  rememberSecret(run.password);
  const passFile = join(run.workDir, "pgpass");
  await rm(passFile, { force: true });
  // By descriptor: the folder is the account's, and a link put there in between must not be what is given away.
  const file = await open(passFile, "wx", 0o600);
  try {
    await file.writeFile(`*:*:*:*:${run.password}\n`);
    await file.chown(run.user.uid, run.user.gid);
  } finally {
    await file.close();
  }
  const nowhere = join(run.workDir, "none");
  return {
    PGHOST: run.host,
    PGPORT: String(run.port),
    PGUSER: run.role,
    PGDATABASE: run.database,
    PGPASSFILE: passFile,
    PGSERVICEFILE: nowhere,
    PGSYSCONFDIR: nowhere,
    PGSSLMODE: "disable",
    PGGSSENCMODE: "disable",
    PGCONNECT_TIMEOUT: "10",
    PGAPPNAME: run.applicationName,
    PGTZ: "UTC",
    PGCLIENTENCODING: "UTF8",
    PSQLRC: nowhere,
    PSQL_HISTORY: nowhere,
    PSQL_PAGER: "",
    PAGER: "",
  };
}

/**
 * Starts a confined program whose output nobody reads, and waits for its end. It ends with its run and with the sandbox; nobody knows
 * how long a load takes.
 */
export async function runConfined(run: ConfinedRun, program: string, args: readonly string[], input?: ToolInput): Promise<ToolExit> {
  const tool = spawnTool({
    ...run.confine(join(run.binDir, program), args),
    env: await environment(run),
    cwd: run.workDir,
    timeoutMs: null,
    signal: run.signal,
    maxOutputBytes: 65_536,
    ...(input === undefined ? {} : { input }),
  });
  tool.stdout.resume();
  const exit = await tool.done;
  run.signal.throwIfAborted();
  if (exit.signal !== null) throw new LifeboatError("tool-killed", { tool: program, signal: exit.signal });
  return exit;
}

/**
 * Feeds a script to psql in restricted mode under a key that nobody knows: from its first line on psql takes no command but the end of the
 * restriction, which the script cannot say. Stops at the first error. Throws `script-failed` or `script-forbidden` { line, detail },
 * `extension-missing`.
 */
export async function runScript(run: ConfinedRun, key: string, script: AsyncIterable<Uint8Array>): Promise<void> {
  const restricted = async function* () {
    yield Buffer.from(`\\restrict ${key}\n`);
    yield* script;
  };
  const args = ["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-v", "SHOW_CONTEXT=never", "-f", "-"];
  const exit = await runConfined(run, "psql", args, restricted());
  if (exit.exitCode !== 0) throw scriptError(exit.stderr);
}

/** A script decides what its errors say: one line, bounded, without what a terminal would obey. */
function shown(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.slice(0, 500).replaceAll(/[\u0000-\u001f\u007f]/g, " ");
}

/** psql counts our own first line. */
export function scriptError(stderr: string): LifeboatError {
  const told = /^psql:<stdin>:(\d+): (?:ERROR|FATAL|PANIC|error): {1,2}(.*)$/m.exec(stderr);
  const line = told === null ? 0 : Math.max(0, Number(told[1]) - 1);
  const detail = shown(told?.[2] ?? lastLines(stderr));
  const extension = /^extension "([^"]+)" is not available|could not open extension control file ".*\/([^/"]+)\.control"/.exec(detail);
  if (extension !== null) return new LifeboatError("extension-missing", { extension: extension[1] ?? extension[2] ?? "" });
  const isRestricted = /backslash commands are restricted|\\unrestrict/.test(detail);
  return new LifeboatError(isRestricted ? "script-forbidden" : "script-failed", { line, detail });
}

/** Throws what pg_restore said of the first thing that went wrong. */
export function archiveError(stderr: string): LifeboatError {
  const detail = shown(/^pg_restore: error: (.*)$/m.exec(stderr)?.[1] ?? lastLines(stderr));
  const extension = /extension "([^"]+)" is not available/.exec(stderr);
  if (extension !== null) return new LifeboatError("extension-missing", { extension: extension[1] ?? "" });
  return new LifeboatError("script-failed", { line: 0, detail });
}
