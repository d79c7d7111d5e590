import { randomBytes } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { compareTables, hasContent } from "#lib/domain/compare-tables";
import { LifeboatError } from "#lib/domain/error";
import type { RestoreRequest } from "#lib/engines/port";
import { unfinishedMark } from "#lib/engines/postgres/create-database";
import { applyProperties } from "#lib/engines/postgres/database-properties";
import { reachServer } from "#lib/engines/postgres/server";
import { readTargetState, type TargetState } from "#lib/engines/postgres/target-state";
import { pickToolSet } from "#lib/engines/postgres/tool-choice";
import type { CliEnv } from "#lib/env/cli-env";
import { fileTime } from "#lib/repository/keys";
import { CommandError, exitCode } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";
import type { Place } from "./address.ts";
import { backUp, verifyTools } from "./back-up.ts";
import { refuseCatalogueUrl } from "./catalogue-address.ts";
import { guardTarget } from "./guard-target.ts";
import { loadDump, scanScript } from "./load-dump.ts";
import { lookAtDump, openDump, type OpenDump } from "./open-dump.ts";
import type { Workshop } from "./workshop.ts";

export type RestoreAsk = {
  readonly place: Place;
  /** Absolute. */
  readonly file: string;
  readonly clean: boolean;
  readonly confirmed: string | undefined;
  readonly sha256: string | undefined;
  readonly owners: "keep" | "none";
  readonly trustFile: boolean;
  /** Folder for a backup of a target that is replaced; null: none is made. */
  readonly safetyFolder: string | null;
  readonly compare: boolean;
  readonly operator: string;
  readonly lockWaitSeconds: number;
};

export type RestoreOutcome = {
  readonly database: string;
  readonly created: boolean;
  readonly tool: string;
  readonly sha256: string;
  readonly vouchedBy: string | null;
  /** Tables whose rows and digests equal those of the backup; null where the dump does not say what they were. */
  readonly equalTables: number | null;
  readonly safetyBackup: string | null;
  readonly warnings: readonly string[];
};

/**
 * Restores a dump into a database in one transaction, after everything that can be checked without changing it: tools, target, file, checksums.
 * Throws before the first statement, or leaves the target as it was; a database that was made for it is removed again.
 */
export async function restore(workshop: Workshop, ask: RestoreAsk, env: CliEnv, terminal: Terminal): Promise<RestoreOutcome> {
  const { context, catalogue } = workshop;
  const { place, clean, confirmed } = ask;
  await refuseCatalogueUrl(place, catalogue);
  // What can never be restored needs nobody to confirm anything.
  await lookAtDump(ask.file);
  const state = await readTargetState(place.address, place.database, catalogue, context);
  guardTarget({ place, state, productionDatabases: env.productionDatabases, confirmed, clean });
  await verifyTools(workshop, place, /\.sql(\.\w+)?$/i.test(ask.file) ? "psql" : "pg_restore", terminal);
  const dump = await openDump(ask.file, ask.sha256, context);
  const script = dump.kind === "script" ? await scanScript(dump.path) : null;
  await refuseUnsafe(workshop, state, dump, ask.trustFile);
  if (dump.vouchedBy === null)
    terminal.note("nothing vouches for this file: no record beside it, no --sha256; pg_restore itself notices little");
  else terminal.note(`every byte was checked against ${dump.vouchedBy}`);
  const removes = clean || (script !== null && script.removingLine !== null);
  const safetyBackup = state.objects === 0 || !removes ? null : await makeSafety(workshop, ask, terminal);
  const { database } = place;
  const { sha256, vouchedBy } = dump;
  const created = !state.exists;
  const tell = async (more: Readonly<Record<string, unknown>>) => {
    if (dump.kind !== "pack") await note(ask, { sha256, ...more }, terminal);
  };
  const tool = await load(workshop, ask, { state, dump }, terminal);
  // What is committed is told and noted before anything can fail again.
  terminal.note(`${database} was ${clean && state.objects > 0 ? "replaced" : "loaded"} and committed`);
  try {
    await tell({ step: "restored", created, clean, tool });
    const warnings = await takeProperties(workshop, requestOf(ask, dump), state);
    const equalTables = ask.compare ? await compare(workshop, requestOf(ask, dump), { dump, tell }) : null;
    return { database, created, sha256, vouchedBy, equalTables, safetyBackup, tool, warnings };
  } catch (error) {
    terminal.endProgress();
    terminal.note(`${database} holds what was restored: that was committed before this`);
    throw error;
  }
}

function requestOf({ place, owners }: RestoreAsk, { properties }: OpenDump): RestoreRequest {
  return { ...place, properties, content: "all", tables: [], owners, jobs: 1 };
}

/** Below the safe minimum an archive or a script can run code on this machine: such tools open only what was vouched for. */
async function refuseUnsafe({ deps }: Workshop, { version }: TargetState, dump: OpenDump, isTrusted: boolean): Promise<void> {
  const tool = dump.kind === "script" ? "psql" : "pg_restore";
  const toolSet = pickToolSet(await deps.tools.sets(), version.major, [tool], await deps.tools.installer());
  if (!toolSet.belowSafeMinimum || dump.vouchedBy !== null || isTrusted) return;
  throw new CommandError(
    exitCode.refused,
    `${tool} ${toolSet.version} has known holes that a file can use to run code here${toolSet.safeMinimum === null ? "" : ` (safe from ${toolSet.safeMinimum} on)`}`,
    `Update the tools${toolSet.cure === null ? "" : ` (${toolSet.cure})`}, or say --trust-file if you know where the file comes from.`,
  );
}

async function makeSafety(workshop: Workshop, ask: RestoreAsk, terminal: Terminal): Promise<string | null> {
  if (ask.safetyFolder === null) return null;
  const { place, operator, lockWaitSeconds } = ask;
  const name = place.database.replaceAll(/[^\p{L}\p{N}_-]+/gu, "-").slice(0, 80);
  // Another restore of the same second, or of another server's database, has a file of its own.
  const unique = randomBytes(3).toString("hex");
  const out = join(ask.safetyFolder, `${name}_before_${fileTime(new Date())}_${unique}.dump.zst`);
  terminal.note(`backing up ${place.database} first: ${out}`);
  await backUp(workshop, { place, out, operator, lockWaitSeconds }, terminal);
  return out;
}

/** Answers with the tool that loaded; all of it is committed then. */
async function load(
  workshop: Workshop,
  ask: RestoreAsk,
  { state, dump }: { state: TargetState; dump: OpenDump },
  terminal: Terminal,
): Promise<string> {
  const { engine, context } = workshop;
  const request = requestOf(ask, dump);
  if (!state.exists) await engine.createDatabase(request, context);
  try {
    return await loadDump(workshop, { dump, request, clean: ask.clean && state.objects > 0 }, terminal);
  } catch (error) {
    if (!state.exists) await engine.dropDatabase(request, { ...context, signal: AbortSignal.timeout(60_000) });
    throw error;
  }
}

/** Gives a database that was made for it the backup's own settings; what could not be set is told. */
async function takeProperties({ context }: Workshop, request: RestoreRequest, state: TargetState): Promise<string[]> {
  if (state.exists && !state.comment.startsWith(unfinishedMark)) return [];
  const address = await reachServer(request.address, context.signal);
  const unset = await applyProperties(address, request, state.version, context);
  return unset.map(({ entry, message }) => `${entry}: ${message}`);
}

/** Reads what was loaded through the reader that read the backup, and notes the verdict. Null where the dump does not say what it must be. */
async function compare(
  { engine, context }: Workshop,
  request: RestoreRequest,
  { dump, tell }: { dump: OpenDump; tell: (more: Readonly<Record<string, unknown>>) => Promise<void> },
): Promise<number | null> {
  if (!hasContent(dump.tables)) return null;
  const { tables, equal, different } = compareTables(dump.tables, await engine.digestCopy(request, context), {
    content: "all",
    tables: [],
  });
  const other = tables.find(({ verdict }) => verdict === "different" || verdict === "missing");
  if (other === undefined) {
    await tell({ step: "compared", result: "equal", tables: equal });
    return equal;
  }
  const first = `${other.schema}.${other.table}`;
  await tell({ step: "compared", result: "different", tables: different, first });
  throw new LifeboatError("restore-differs", { count: different, first });
}

/** Adds a line beside the dump. A folder that cannot be written to keeps nobody from restoring. */
async function note({ place, operator, file }: RestoreAsk, more: Readonly<Record<string, unknown>>, terminal: Terminal): Promise<void> {
  const { host, port } = place.address;
  const line = { at: new Date().toISOString(), operator, host, port, database: place.database, ...more };
  const path = `${file}.restores.jsonl`;
  await appendFile(path, `${JSON.stringify(line)}\n`, { mode: 0o600 }).catch((error: NodeJS.ErrnoException) =>
    terminal.note(`${path} cannot be written (${error.code}): this restore is not noted there`),
  );
}
