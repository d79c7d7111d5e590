import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type ScriptFacts, ScriptScanner } from "#lib/domain/script-scan";
import { LifeboatError } from "#lib/domain/error";
import { spawnTool } from "#lib/exec/spawn-tool";
import { archiveError, type ConfinedRun, runConfined, runScript } from "./run-script.ts";
import { giveToOwners, prepareForScript, type SandboxDatabase } from "./sandbox-database.ts";

/** Runs a script that was scanned: roles and extensions first, then its statements, then who owns what. */
export async function loadForeignScript(
  database: SandboxDatabase,
  run: ConfinedRun,
  script: AsyncIterable<Uint8Array>,
  facts: ScriptFacts,
): Promise<void> {
  await prepareForScript(database, facts);
  await runScript(run, randomBytes(24).toString("hex"), script);
  await giveToOwners(database, facts.owners, run.signal);
}

/**
 * Restores an archive in directory format. Its definitions are printed and scanned first: so it is known what it needs, and that it
 * says nothing that a script may not say. Throws `script-failed`, `script-forbidden`, `extension-missing`.
 */
export async function loadForeignArchive(database: SandboxDatabase, run: ConfinedRun, path: string): Promise<void> {
  const format = "--format=directory";
  const facts = await readDefinitions(run, [format, "--schema-only", "--file=-", path]);
  await prepareForScript(database, facts);
  const exit = await runConfined(run, "pg_restore", [format, "--no-owner", "--exit-on-error", "--no-password", "--dbname=", path]);
  if (exit.exitCode !== 0) throw archiveError(exit.stderr);
  await giveToOwners(database, facts.owners, run.signal);
}

async function readDefinitions(run: ConfinedRun, args: readonly string[]): Promise<ScriptFacts> {
  const scanner = new ScriptScanner();
  const tool = spawnTool({
    ...run.confine(join(run.binDir, "pg_restore"), args),
    cwd: run.workDir,
    timeoutMs: 600_000,
    signal: run.signal,
    maxOutputBytes: 65_536,
  });
  try {
    for await (const chunk of tool.stdout as AsyncIterable<Buffer>) scanner.push(chunk);
  } catch (error) {
    tool.kill("SIGKILL");
    await tool.done.catch(() => undefined);
    throw error;
  }
  const exit = await tool.done;
  run.signal.throwIfAborted();
  if (exit.signal !== null) throw new LifeboatError("tool-killed", { tool: "pg_restore", signal: exit.signal });
  if (exit.exitCode !== 0) throw archiveError(exit.stderr);
  return scanner.end().facts;
}
