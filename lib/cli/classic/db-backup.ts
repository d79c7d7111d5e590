import { resolve } from "node:path";
import { formatBytes } from "#lib/format/bytes";
import { formatCount } from "#lib/format/number";
import { exitCode, type ExitCode } from "../exit-code.ts";
import { optionLines, type Options, parseOptions } from "../options.ts";
import type { Surroundings } from "../run-program.ts";
import { addressOptions, environmentHelp, readPlace } from "./address.ts";
import { backUp, verifyTools } from "./back-up.ts";
import { inWorkshop } from "./workshop.ts";

const options = {
  ...addressOptions,
  out: {
    type: "string",
    short: "o",
    value: "file",
    help: "the new file: …dump for an archive of pg_dump, ….dump.zst for a compressed one",
  },
  operator: { type: "string", value: "name", help: "who makes this backup, for its record (default: your account)" },
  "lock-wait": { type: "string", value: "seconds", help: "how long to wait for a locked table (default: 60)" },
  json: { type: "boolean", help: "print the record as JSON" },
  help: { type: "boolean", short: "h", help: "show this" },
} as const satisfies Options;

function help(): string[] {
  return [
    "Usage: npm run db:backup -- --url postgresql://user@host/database --out backups/my.dump",
    "",
    "Dumps one PostgreSQL database into a file that pg_restore reads, without a server of Lifeboat. Tools are verified first; beside the file its",
    "checksum, operator, date, versions and the rows of every table are written as <file>.json.",
    "",
    ...optionLines(options),
    "",
    ...environmentHelp,
  ];
}

/** One call of `npm run db:backup`. Throws what `failureOf` understands. */
export async function dbBackup(args: readonly string[], { env, terminal, signal }: Surroundings): Promise<ExitCode> {
  const given = parseOptions(args, options);
  if (given.flag("help")) {
    for (const line of help()) terminal.print(line);
    return exitCode.ok;
  }
  const out = resolve(env.callerDir, given.needed("out"));
  const place = readPlace(given, env, terminal);
  const lockWaitSeconds = given.whole("lock-wait", 1, 86_400) ?? 60;
  const operator = given.text("operator") ?? env.operator;
  const record = await inWorkshop({ env, terminal, signal, catalogue: null, lockWaitSeconds }, async (workshop) => {
    await verifyTools(workshop, place, "pg_dump", terminal);
    return await backUp(workshop, { place, out, operator, lockWaitSeconds }, terminal);
  });
  const rows = record.tables.reduce((sum, table) => sum + table.rows, 0);
  if (given.flag("json")) terminal.printJson({ path: out, ...record });
  else {
    const what = `${formatCount(record.tables.length, "en")} tables, ${formatCount(rows, "en")} rows`;
    terminal.print(`${out}: ${formatBytes(record.bytes, "en")}, ${what}, SHA-256 ${record.sha256}`);
  }
  return exitCode.ok;
}
