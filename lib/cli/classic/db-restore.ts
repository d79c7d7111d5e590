import { resolve } from "node:path";
import { exitCode, type ExitCode } from "../exit-code.ts";
import { optionLines, type Options, parseOptions } from "../options.ts";
import type { Surroundings } from "../run-program.ts";
import { addressOptions, environmentHelp, readPlace } from "./address.ts";
import { catalogueAddress } from "./catalogue-address.ts";
import { restore, type RestoreOutcome } from "./restore.ts";
import { inWorkshop } from "./workshop.ts";

const options = {
  file: {
    type: "string",
    short: "f",
    value: "file",
    help: "archive of pg_dump (custom), plain SQL, either in gzip or zstd, or a pack of Lifeboat",
  },
  ...addressOptions,
  clean: { type: "boolean", help: "replace what is in the database, in one transaction: all or nothing" },
  "yes-replace": {
    type: "string",
    value: "database",
    help: "the target's name, typed again: needed when it is not empty or is production",
  },
  sha256: { type: "string", value: "hex", help: "the checksum that the file must have, where no record lies beside it" },
  "no-owner": { type: "boolean", help: "give everything to the connecting role instead of the recorded owners" },
  "trust-file": { type: "boolean", help: "open a file that nothing vouches for with tools below the safe minimum version" },
  "safety-dir": { type: "string", value: "folder", help: "where a target that --clean replaces is backed up first (default: backups)" },
  "no-safety-backup": { type: "boolean", help: "do not back it up first" },
  "no-compare": { type: "boolean", help: "do not compare the loaded tables with the recorded rows and checksums" },
  operator: { type: "string", value: "name", help: "who restores, for the note beside the file (default: your account)" },
  json: { type: "boolean", help: "print the outcome as JSON" },
  help: { type: "boolean", short: "h", help: "show this" },
} as const satisfies Options;

function help(): string[] {
  return [
    "Usage: npm run db:restore -- --file backups/my.dump --url postgresql://user@host/database [--clean --yes-replace database]",
    "",
    "Restores a dump into one PostgreSQL database, without a server of Lifeboat. A database that does not exist is made. Checksums are verified",
    "before the first statement; everything happens in one transaction. Lifeboat's own catalogue (DATABASE_URL) is never a target.",
    "",
    ...optionLines(options),
    "",
    ...environmentHelp,
  ];
}

/** One call of `npm run db:restore`. Throws what `failureOf` understands. */
export async function dbRestore(args: readonly string[], { env, terminal, signal }: Surroundings): Promise<ExitCode> {
  const given = parseOptions(args, options);
  if (given.flag("help")) {
    for (const line of help()) terminal.print(line);
    return exitCode.ok;
  }
  const file = resolve(env.callerDir, given.needed("file"));
  const place = readPlace(given, env, terminal);
  const lockWaitSeconds = 60;
  const ask = {
    place,
    file,
    clean: given.flag("clean"),
    confirmed: given.text("yes-replace"),
    sha256: given.text("sha256"),
    owners: given.flag("no-owner") ? ("none" as const) : ("keep" as const),
    trustFile: given.flag("trust-file"),
    safetyFolder: given.flag("no-safety-backup") ? null : resolve(env.callerDir, given.text("safety-dir") ?? "backups"),
    compare: !given.flag("no-compare"),
    operator: given.text("operator") ?? env.operator,
    lockWaitSeconds,
  };
  const catalogue = catalogueAddress(env.catalogueUrl);
  const outcome = await inWorkshop({ env, terminal, signal, catalogue, lockWaitSeconds }, (workshop) =>
    restore(workshop, ask, env, terminal),
  );
  for (const warning of outcome.warnings) terminal.note(`warning: ${warning}`);
  if (given.flag("json")) terminal.printJson(outcome);
  else terminal.print(sentence(outcome));
  return exitCode.ok;
}

function sentence({ database, created, tool, equalTables, safetyBackup }: RestoreOutcome): string {
  const compared = equalTables === null ? "" : `; ${equalTables} tables equal the backup, row counts and checksums`;
  const safety = safetyBackup === null ? "" : `; what was there is in ${safetyBackup}`;
  return `restored into ${created ? "the new database " : ""}${database} with ${tool}${compared}${safety}`;
}
