import type { CheckDefinition } from "#lib/contracts/drill-checks";
import { compareTables } from "#lib/domain/compare-tables";
import { judgeContent } from "#lib/domain/drill-judge-content";
import {
  judgeExtensions,
  judgeForeignKeys,
  judgeMigrationHead,
  judgeNewestRow,
  judgeProblems,
  judgeProperties,
  judgeRestoreErrors,
  judgeSequences,
  judgeSize,
  timeOfText,
} from "#lib/domain/drill-judge-database";
import { judgeConstraints, judgePresence, judgeRoles } from "#lib/domain/drill-judge-objects";
import { judgeRecoveryPoint } from "#lib/domain/drill-judge-recovery";
import { differs, failed, type Judgement, missing, passed, shown } from "#lib/domain/drill-judgement";
import { LifeboatError } from "#lib/domain/error";
import type { RunWork } from "../../runs/work.ts";
import type { DrillRow } from "../rows.ts";
import type { Look } from "./look.ts";
import type { CheckOrder } from "./run.ts";

export type OwnType = "sql" | "http" | "command" | "manual";
export type BuiltIn = Exclude<CheckDefinition, { type: OwnType }>;

/** What a check is judged from. */
export type Judging = {
  readonly work: RunWork;
  readonly order: CheckOrder;
  readonly drill: DrillRow;
  readonly look: Look;
  /** Keys of checks that had a verdict before: theirs is looked for anew. */
  readonly judgedBefore: ReadonlySet<string>;
  /** Bytes of the copy in the drill before. */
  readonly previousBytes: number | null;
};

const everything = { content: "all", tables: [] } as const;

/** Judges one built-in check. Throws what keeps it from being judged. */
export async function judgeBuiltIn(check: BuiltIn, judging: Judging): Promise<Judgement> {
  return judging.order.access.type === "file" ? judgeFile(check, judging) : judgeDatabase(check, judging);
}

async function judgeDatabase(check: BuiltIn, judging: Judging): Promise<Judgement> {
  const { look, order } = judging;
  const { facts, restored } = order;
  const manifest = facts.backup.manifest;
  switch (check.type) {
    case "restore-errors":
      return judgeRestoreErrors(restored.exitCode, restored.errors, restored.errorCounts);
    case "tables-present":
      return judgePresence(await look.archive(), await look.copy());
    case "content":
      return judgeContent(compareTables(facts.tables, (await look.copy()).tables, everything));
    case "database-properties": {
      const properties = manifest?.properties ?? null;
      if (properties === null) throw notRecorded("properties");
      return judgeProperties(properties, (await look.facts()).properties, (await look.targets()).ownRoles);
    }
    case "sequences": {
      const [archive, copy] = [await look.archive(), await look.facts()];
      // What belongs to an extension comes with it, and begins anew.
      const dumped = new Set(
        archive.objects.filter(({ type }) => type === "SEQUENCE").map(({ schema, name }) => JSON.stringify([schema, name])),
      );
      return judgeSequences(
        (manifest?.sequences ?? []).filter(({ schema, name }) => dumped.has(JSON.stringify([schema, name]))),
        copy.sequences,
      );
    }
    case "constraints":
      return judgeConstraints(await look.archive(), await look.copy(), await look.facts());
    case "foreign-keys": {
      const [archive, { foreignKeys }, orphans] = [await look.archive(), await look.facts(), await look.orphans()];
      const notValid = archive.objects
        .filter(({ isNotValid }) => isNotValid === true)
        .map(({ schema, name }) => JSON.stringify([schema, name]));
      return judgeForeignKeys(orphans, foreignKeys, new Set(notValid));
    }
    case "roles": {
      const [archive, copy, { roles: present }, { ownRoles }] = [
        await look.archive(),
        await look.copy(),
        await look.facts(),
        await look.targets(),
      ];
      const told = restored.errors.filter(({ class: kind }) => kind === "ownership" || kind === "privileges").map(({ message }) => message);
      return judgeRoles(archive, copy, { recorded: manifest?.roles ?? [], present, ownRoles, told: [...restored.roleProblems, ...told] });
    }
    case "extensions":
      return judgeExtensions(manifest?.extensions ?? [], (await look.facts()).extensions);
    case "migration-head": {
      const { migrationHead: copy, migrationHeads: copyHeads } = await look.facts();
      return judgeMigrationHead({
        recorded: manifest?.migrationHead ?? null,
        copy,
        copyHeads,
        declared: await declaredHead(check.application, judging),
      });
    }
    case "newest-row": {
      const name = `${shown(check)}.${check.column}`;
      return judgeNewestRow(await look.newest(check), facts.backup.snapshotAt, { name, maxAgeMinutes: check.maxAgeMinutes });
    }
    case "size":
      return judgeSizeOf((await look.facts()).sizeBytes, check, judging);
    case "index-structure": {
      const { available, checked, problems } = await look.indexes();
      if (!available) throw new LifeboatError("check-not-possible", { detail: "the extension amcheck is not installed beside the server" });
      return judgeProblems("every B-tree in order", problems, `${checked} indexes in order`);
    }
    case "sqlite-integrity":
    case "sqlite-foreign-keys":
      throw new LifeboatError("check-not-possible", { detail: "the copy is a database of PostgreSQL" });
    case "stream-checksum":
    case "recovery-point":
    case "recovery-time":
      return judgeAnywhere(check.type, check.key, judging);
  }
}

async function judgeFile(check: BuiltIn, judging: Judging): Promise<Judgement> {
  const { look, order } = judging;
  const { facts } = order;
  switch (check.type) {
    case "sqlite-integrity":
      return judgeProblems("integrity_check finds nothing", (await look.fileChecks()).problems, "ok");
    case "sqlite-foreign-keys": {
      const { foreignKeys, foreignKeyCount } = await look.fileChecks();
      return judgeProblems("foreign_key_check finds nothing", foreignKeys, "no orphan", foreignKeyCount);
    }
    case "tables-present": {
      const there = new Set((await look.fileChecks()).tables.map(({ table }) => table));
      const absent = facts.tables.filter(({ table }) => !there.has(table)).map(({ table }) => table);
      const sides = { expected: `${facts.tables.length} tables`, actual: `${facts.tables.length - absent.length} tables` };
      return absent.length === 0 ? passed(sides.expected, sides.actual) : missing("tables", absent, sides);
    }
    case "content": {
      const [checks, actual] = [await look.fileChecks(), await look.fileSha256()];
      const [{ schema } = { schema: "main" }] = facts.tables;
      const copy = checks.tables.map(({ table, rows }) => ({ schema, table, rows, sha256: "" }));
      return judgeContent(compareTables(facts.tables, copy, everything), { expected: facts.stream.sha256, actual });
    }
    case "newest-row": {
      const name = `${check.table}.${check.column}`;
      return judgeNewestRow(await newestInFile(check, judging), facts.backup.snapshotAt, { name, maxAgeMinutes: check.maxAgeMinutes });
    }
    case "size":
      return judgeSizeOf(facts.stream.bytes, check, judging);
    case "stream-checksum":
    case "recovery-point":
    case "recovery-time":
      return judgeAnywhere(check.type, check.key, judging);
    default:
      throw new LifeboatError("check-not-possible", { detail: "the copy is a file of SQLite" });
  }
}

const newestPatienceMs = 60_000;

/** SQLite has no times of its own: text as its functions write it, or seconds, or milliseconds since 1970. */
async function newestInFile({ table, column }: Extract<BuiltIn, { type: "newest-row" }>, { work, order }: Judging): Promise<Date | null> {
  const path = order.access.type === "file" ? order.access.path : "";
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const limits = { maxRows: 1, timeoutMs: newestPatienceMs };
  const { rows } = await work.deps.files.query(path, `select max(${quoted(column)}) from ${quoted(table)}`, limits, work.engineContext);
  const cell = rows[0]?.[0] ?? null;
  if (cell === null) return null;
  const newest = timeOfText(cell);
  if (newest === null)
    throw new LifeboatError("check-not-possible", { detail: `${table}.${column} holds no times: ${cell.slice(0, 100)}` });
  return newest;
}

async function judgeAnywhere(
  type: "stream-checksum" | "recovery-point" | "recovery-time",
  key: string,
  { order, drill, look, judgedBefore }: Judging,
): Promise<Judgement> {
  const { facts, restored } = order;
  switch (type) {
    case "stream-checksum": {
      // A copy of a file is used and may have changed: what it holds now is for the comparison of contents to say.
      const isReadAgain = judgedBefore.has(key) && order.access.type !== "file";
      const sha256 = isReadAgain ? await look.streamSha256() : restored.streamSha256;
      const [expected, actual] = [`SHA-256 ${facts.stream.sha256}`, `SHA-256 ${sha256}`];
      const evidence = `${restored.streamBytes} bytes, ${isReadAgain ? "read again" : "read while they were restored"}`;
      return expected === actual ? passed(expected, actual, evidence) : differs(expected, actual, evidence);
    }
    case "recovery-point": {
      if (drill.recoveryPointSeconds === null) throw notRecorded("objective");
      return judgeRecoveryPoint(facts.backup.snapshotAt, drill.startedAt, drill.recoveryPointSeconds);
    }
    case "recovery-time":
      return failed("", "", { code: "check-pending", params: { count: 0 } });
  }
}

function judgeSizeOf(bytes: number, check: Extract<BuiltIn, { type: "size" }>, { previousBytes }: Judging): Judgement {
  if (previousBytes === null) throw notRecorded("size in a drill before");
  return judgeSize(bytes, previousBytes, check);
}

async function declaredHead(application: string | null, { work }: Judging) {
  if (application === null) return null;
  const declared = await work.deps.drills.hooks.declaredHead(application);
  if (declared === null) throw new LifeboatError("check-not-possible", { detail: `the application ${application} declares no migrations` });
  return { ...declared, application };
}

function notRecorded(what: string): LifeboatError {
  return new LifeboatError("check-not-possible", { detail: `no ${what} was recorded` });
}
