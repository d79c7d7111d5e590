import { spawn } from "node:child_process";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { testServer } from "#lib/testing/postgres";
import { dbBackup } from "./classic/db-backup.ts";
import { dbRestore } from "./classic/db-restore.ts";
import { lifeboat } from "./lifeboat.ts";
import { endOf, surroundings } from "./run-program.ts";
import { createTerminal } from "./terminal.ts";

const root = join(import.meta.dirname, "../..");
const programs = {
  backup: "lib/cli/classic/backup-main.ts",
  restore: "lib/cli/classic/restore-main.ts",
  lifeboat: "lib/cli/main.ts",
} as const;
export type Program = keyof typeof programs;

export type Ended = { readonly code: number | null; readonly signal: string | null; readonly out: string; readonly err: string };
export type Running = { readonly pid: number; readonly ended: Promise<Ended>; readonly kill: (signal: NodeJS.Signals) => void };

/** Starts a program of the command line as a shell would: a process of its own, with nothing of this one's environment but PATH. */
export function startCli(program: Program, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(root, programs[program]), ...args], {
    cwd: env["LIFEBOAT_CALLER_DIR"] ?? root,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: "/nonexistent",
      LIFEBOAT_OPERATOR: "Ada",
      PG_BIN_PATH: toolFolders(),
      ...env,
    } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, out, err }));
  });
  return { pid: child.pid ?? 0, ended, kill: (signal) => void child.kill(signal) };
}

const calls = { backup: dbBackup, restore: dbRestore, lifeboat } as const;

/** The whole of a call but its process, which saves a second of start each time. `watched`: as on a terminal. */
export async function runCli(
  program: Program,
  args: readonly string[],
  source: Readonly<Record<string, string>> = {},
  { watched = false } = {},
): Promise<Ended> {
  const [out, err] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY: watched, columns: 200 })];
  const terminal = createTerminal(out, err as unknown as NodeJS.WriteStream);
  const { signal } = new AbortController();
  const env = { HOME: "/nonexistent", LIFEBOAT_OPERATOR: "Ada", PG_BIN_PATH: toolFolders(), ...source };
  const code = await endOf(args, { terminal, signal }, () =>
    calls[program](
      args,
      surroundings(() => env, terminal, signal),
    ),
  );
  return { code, signal: null, out: String(out.read() ?? ""), err: String(err.read() ?? "") };
}

/** The tools of every version that tests run on. */
function toolFolders(): string {
  const folders = ([15, 17] as const).flatMap((slot) => {
    try {
      return [testServer(slot).binDir];
    } catch {
      return [];
    }
  });
  return folders.join(":");
}
