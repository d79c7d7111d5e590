import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OsUser } from "./os-user.ts";
import type { ProcessIdentity } from "./sandbox-processes.ts";

/** What a sandbox's folder says of it, so that any worker of the host finds, reaches and ends it. Only our own account reads and writes it. */
export type SandboxRecord = {
  readonly user: OsUser | null;
  readonly isIsolated: boolean;
  readonly confined: boolean;
  readonly socketDir: string;
  /** Null: it was not started yet, or whoever started it was killed then. */
  readonly process: ProcessIdentity | null;
  /** Passwords, sealed; null before there are any. */
  readonly sealed: string | null;
  /** Port of its relay; null: nobody asked for one. */
  readonly relayPort: number | null;
};

const fileName = "sandbox.json";

/** Null when there is none. */
export async function readSandboxRecord(folder: string): Promise<SandboxRecord | null> {
  const text = await readFile(join(folder, fileName), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as SandboxRecord);
}

/** Whole at any moment. */
export async function writeSandboxRecord(folder: string, record: SandboxRecord): Promise<void> {
  const temporary = join(folder, `${fileName}.${randomBytes(6).toString("hex")}`);
  await writeFile(temporary, JSON.stringify(record), { mode: 0o600, flag: "wx" });
  await rename(temporary, join(folder, fileName));
}
