import { createReadStream } from "node:fs";
import { LifeboatError } from "#lib/domain/error";
import { ScriptScanner, type WholeScript } from "#lib/domain/script-scan";
import { missingEnd } from "#lib/domain/script-scan-end";
import type { LoadResult, RestoreRequest } from "#lib/engines/port";
import { loadAdded } from "#lib/engines/postgres/load-added";
import { loadScript } from "#lib/engines/postgres/load-script";
import { CommandError, exitCode } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";
import type { OpenDump } from "./open-dump.ts";
import type { Workshop } from "./workshop.ts";

export type LoadAsk = { readonly dump: OpenDump; readonly request: RestoreRequest; readonly clean: boolean };

/** Reads a script to its end before a line of it runs. Throws `script-forbidden` { line, detail }, `stream-cut` for one whose end is missing. */
export async function scanScript(path: string): Promise<WholeScript> {
  const scanner = new ScriptScanner({ isOneTransaction: true });
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 })) scanner.push(chunk as Buffer);
  const { facts } = scanner.end();
  if (facts.isCut) throw new LifeboatError("stream-cut", { detail: missingEnd });
  const line = facts.transactionLine;
  if (line === null) return facts;
  throw new LifeboatError("script-forbidden", {
    line,
    detail: "it takes a transaction back or hands it over, and would not be all or nothing any more",
  });
}

/** Loads a dump in one transaction, all or nothing. Throws with what went wrong first; the target is then as it was. */
export async function loadDump(workshop: Workshop, ask: LoadAsk, terminal: Terminal): Promise<string> {
  const { dump, request, clean } = ask;
  return dump.kind === "script"
    ? await loadAsScript(workshop, ask, terminal)
    : await loadAsArchive(workshop, dump.path, request, clean, terminal);
}

async function loadAsArchive(
  { engine, deps, context }: Workshop,
  path: string,
  request: RestoreRequest,
  clean: boolean,
  terminal: Terminal,
): Promise<string> {
  let toldAt = 0;
  const onEntry = (done: number, total: number, entry: string) => {
    if (performance.now() - toldAt < 200) return;
    toldAt = performance.now();
    terminal.progress(`load  ${done} of ${total}  ${entry}`);
  };
  const load = clean ? engine.loadInPlace(path, request, onEntry, context) : loadAdded(deps, path, request, onEntry, context);
  const result = await load;
  terminal.endProgress();
  if (result.exitCode !== 0 || result.errors.length > 0) throw loadFailure(result, request, clean);
  return result.tool ?? "pg_restore";
}

function loadFailure({ errors }: LoadResult, { database }: RestoreRequest, clean: boolean): CommandError {
  const [first] = errors;
  const what = first === undefined ? "pg_restore failed" : `${first.entry === "" ? "" : `${first.entry}: `}${first.message}`;
  const hints = {
    ownership: "Make the roles that are missing, or say --no-owner.",
    privileges: "Make the roles that are missing, or say --no-owner.",
    exists: clean ? "" : "--clean replaces what is there, in one transaction.",
    extension: "Install the extension on the server.",
    data: "",
    other: "",
  };
  return new CommandError(exitCode.failed, `${what}; ${database} is as it was`, hints[first?.class ?? "other"]);
}

async function loadAsScript({ deps, context }: Workshop, { dump, request, clean }: LoadAsk, terminal: Terminal): Promise<string> {
  const facts = await scanScript(dump.path);
  if (facts.leftOut > 0) terminal.note(`${facts.leftOut} statements about the database itself are left out`);
  const script = async function* () {
    const scanner = new ScriptScanner({ isOneTransaction: true });
    for await (const chunk of createReadStream(dump.path, { highWaterMark: 1_048_576 })) yield* scanner.push(chunk as Buffer);
    yield* scanner.end().chunks;
  };
  const afterwards = request.owners === "none" ? [] : facts.owners;
  const { address, database } = request;
  const { tool } = await loadScript(deps, { address, database, clean, script: script(), afterwards }, context);
  return tool;
}
