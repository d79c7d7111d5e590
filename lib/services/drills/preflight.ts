import { describeReason } from "#lib/contracts/describe-reason";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import type { DrillHooksDto } from "#lib/contracts/drill-plans";
import type { DrillPreflightDto } from "#lib/contracts/drills";
import { hasContent } from "#lib/domain/compare-tables";
import { isContentCheck } from "#lib/domain/drill-checks";
import { type Params, type Reason, reasonOf } from "#lib/domain/error";
import { readMeter } from "#lib/domain/meter";
import { majorOf } from "#lib/domain/restore-plan";
import { fits, neededBytes } from "#lib/domain/space";
import type { BackupFacts } from "../backups/facts.ts";
import { loadMeterFacts } from "../backups/load.ts";
import { checkPacks } from "../restores/check-packs.ts";
import { unsafeForArchive } from "../restores/foreign-archive.ts";
import { inspectTarget, restoreRequest } from "../restores/inspect.ts";
import { loadEstimate } from "../restores/past-restores.ts";
import type { RunWork } from "../runs/work.ts";
import { portProblem } from "./free-port.ts";
import type { ResolvedTarget } from "./resolve-target.ts";
import type { DrillRow } from "./rows.ts";

type Item = DrillPreflightDto["items"][number];
type Code = Item["code"];

const good = (code: Code, facts: Params = {}): Item => ({ code, state: "good", facts, reason: null });
const warning = (code: Code, reason: Reason, facts: Params = {}): Item => ({
  code,
  state: "warning",
  facts,
  reason: describeReason(reason),
});
export const blocked = (code: Code, reason: Reason, facts: Params = {}): Item => ({
  code,
  state: "blocked",
  facts,
  reason: describeReason(reason),
});

/** Where the worker relays applications to a sandbox. */
const relayHost = "127.0.0.1";

/** What a restored database takes beside its dump: indexes and free space in pages. */
const copyFactor = 1.5;

export type Looked = {
  readonly drill: DrillRow;
  readonly facts: BackupFacts;
  readonly where: ResolvedTarget;
  readonly checks: readonly CheckDefinition[];
};

/** Looks at everything that would make the restore fail or the drill meaningless; changes nothing anywhere. */
export async function lookAhead(work: RunWork, looked: Looked): Promise<DrillPreflightDto> {
  const { deps, db } = work;
  const { drill, facts, where } = looked;
  const { backup, source, stream } = facts;
  const now = deps.context.now();
  const items = [
    ...(await lookAtBackup(work, facts)),
    ...(await lookAtTarget(work, looked)),
    good("target-name", { name: where.target.name }),
    lookAtObjectives(drill, facts, now),
    ...lookAtChecks(looked, await deps.drills.hooks.declared()),
  ];
  const estimate = await loadEstimate(db, { bytes: stream.bytes, sourceId: source.id, engine: source.engine });
  return {
    checkedAt: now.toISOString(),
    items,
    estimate: estimate === null ? null : { milliseconds: estimate.milliseconds, basedOn: estimate.basedOn },
    recoveryPointSeconds: Math.max(0, Math.floor((now.getTime() - backup.snapshotAt.getTime()) / 1000)),
  };
}

/** A backup that is known to be damaged is restored all the same: to tell is what the drill is for. */
async function lookAtBackup(work: RunWork, facts: BackupFacts): Promise<Item[]> {
  const { backup, needs, pack, source } = facts;
  const meter = (await loadMeterFacts(work.db, [backup.id]))(backup.id);
  const { verified } = readMeter(meter.copies, meter.proofs);
  const named = { kind: backup.kind, snapshotAt: backup.snapshotAt.toISOString() };
  const problems = await checkPacks(work, facts);
  const broken = problems.find(({ code }) => code === "chain-broken");
  const own = problems.find(({ code }) => code !== "chain-broken");
  const packs = { packs: needs.length + 1, bytes: needs.reduce((sum, { dependency }) => sum + dependency.readBytes, pack.storedBytes) };
  const items: Item[] = [
    verified.state === "yes" ? good("backup", named) : warning("backup", { code: "backup-not-verified", params: {} }, named),
    broken === undefined ? good("chain", { members: needs.length + 1 }) : warning("chain", broken),
    own === undefined ? good("packs", packs) : warning("packs", own, packs),
  ];
  if (source.engine === "postgres") {
    const roles = backup.manifest?.roles.length ?? 0;
    const isKnown = (backup.manifest?.globalsSql ?? null) !== null;
    items.push(isKnown ? good("roles", { roles }) : warning("roles", { code: "roles-not-recorded", params: {} }, { roles }));
  }
  return items;
}

async function lookAtTarget(work: RunWork, { facts, where }: Looked): Promise<Item[]> {
  const { target, outlook } = where;
  switch (target.type) {
    case "sandbox":
      return [
        ...lookAtSandbox(work, facts, where, await portProblem(relayHost)),
        await lookAtDisk(work, facts, outlook?.freeBytes ?? null),
      ];
    case "file":
      return [await lookAtDisk(work, facts, null)];
    case "server":
      return [...(await lookAtServer(work, facts, where)), await lookAtDisk(work, facts, Infinity)];
  }
}

function lookAtSandbox(work: RunWork, { backup }: BackupFacts, { target, outlook }: ResolvedTarget, port: Reason | null): Item[] {
  const serverVersion = target.serverVersion ?? "";
  const unsafe = unsafeForArchive(work, backup, serverVersion);
  const tooOld = majorOf(serverVersion) < majorOf(backup.toolVersion);
  const needed = String(majorOf(backup.toolVersion));
  const tools: Reason | null = tooOld
    ? { code: "tool-too-old", params: { tool: "pg_restore", found: serverVersion, needed, install: "" } }
    : unsafe;
  const known = outlook?.extensions;
  const wanted = backup.manifest?.extensions.map(({ name }) => name) ?? [];
  const missing = known === undefined ? undefined : wanted.find((name) => !known.includes(name));
  const unconfined: Reason = { code: "sandbox-unavailable", params: { detail: "it runs as Lifeboat's own account" } };
  return [
    tools === null ? good("tools", { version: serverVersion }) : blocked("tools", tools),
    target.confined ? good("server", { serverVersion, confined: true }) : warning("server", unconfined, { serverVersion, confined: false }),
    missing === undefined
      ? good("extensions", { extensions: wanted.length })
      : blocked("extensions", { code: "extension-missing", params: { extension: missing } }),
    // Opened anew when somebody asks for the address; only requests and commands need it.
    port === null ? good("port", { host: relayHost }) : warning("port", port, { host: relayHost }),
  ];
}

/** By the rules of every restore into a new database. */
async function lookAtServer(work: RunWork, facts: BackupFacts, { target, server }: ResolvedTarget): Promise<Item[]> {
  if (server === null) return [];
  try {
    const order = { database: target.name, content: "all" as const, owners: "keep" as const, tables: [], jobs: 1 };
    const { target: found, plan } = await inspectTarget(work, facts, restoreRequest(work, facts, server, order), "new");
    const codes: Partial<Record<Reason["code"], Code>> = {
      "extension-missing": "extensions",
      "tool-missing": "tools",
      "tool-too-old": "tools",
      "tool-below-safe-minimum": "tools",
      "no-space": "disk",
      "roles-missing": "roles",
      "target-exists": "target-name",
    };
    const blockers = plan.blockers.map((reason) => blocked(codes[reason.code] ?? "server", reason));
    const warnings = plan.warnings.map((reason) => warning(codes[reason.code] ?? "server", reason));
    const told = new Set([...blockers, ...warnings].map(({ code }) => code));
    const well = [good("server", { serverVersion: found.serverVersion, confined: false }), good("tools", { version: found.toolVersion })];
    return [...well.filter(({ code }) => !told.has(code)), ...blockers, ...warnings];
  } catch (error) {
    work.signal.throwIfAborted();
    return [blocked("server", reasonOf(error))];
  }
}

/** The archive lies beside the copy until the drill is over. `copyFreeBytes`: null when the copy lies with it, infinite when it lies elsewhere. */
async function lookAtDisk(work: RunWork, { stream, source }: BackupFacts, copyFreeBytes: number | null): Promise<Item> {
  const { freeBytes } = await work.deps.tempSpace();
  const copyBytes = source.engine === "sqlite" || copyFreeBytes === Infinity ? 0 : Math.ceil(stream.bytes * copyFactor);
  const here = Math.min(freeBytes, copyFreeBytes ?? freeBytes);
  const bytes = stream.bytes + copyBytes;
  const params = { freeBytes: here, neededBytes: neededBytes(bytes) };
  return fits(bytes, { freeBytes: here })
    ? good("disk", params)
    : blocked("disk", { code: "no-space", params: { path: work.deps.tempDir, ...params } });
}

function lookAtObjectives({ recoveryTimeSeconds, recoveryPointSeconds }: DrillRow, { backup }: BackupFacts, now: Date): Item {
  const facts = { recoveryTimeSeconds, recoveryPointSeconds };
  const actualSeconds = Math.ceil((now.getTime() - backup.snapshotAt.getTime()) / 1000);
  if (recoveryPointSeconds !== null && actualSeconds > recoveryPointSeconds) {
    return warning("objectives", { code: "objective-missed", params: { objectiveSeconds: recoveryPointSeconds, actualSeconds } }, facts);
  }
  const isMissing = recoveryTimeSeconds === null || recoveryPointSeconds === null;
  return isMissing ? warning("objectives", { code: "objective-missing", params: {} }, facts) : good("objectives", facts);
}

function lookAtChecks({ drill, checks, facts: of }: Looked, { commands, applications }: DrillHooksDto): Item[] {
  const isComparable = of.source.engine === "sqlite" || hasContent(of.tables);
  const looksAtContent = ({ type }: CheckDefinition) => isContentCheck(type) && (type !== "content" || isComparable);
  const mandatory = checks.filter((check) => check.mandatory);
  const facts = { checks: checks.length, mandatory: mandatory.length };
  const waiting = mandatory.filter(({ type }) => type === "manual").length;
  const items: Item[] = [
    !mandatory.some(looksAtContent)
      ? blocked("checks", { code: "check-no-content", params: {} }, facts)
      : drill.unattended && waiting > 0
        ? warning("checks", { code: "answers-needed", params: { count: waiting } }, facts)
        : good("checks", facts),
  ];
  const names = { command: new Set(commands.map(({ name }) => name)), application: new Set(applications.map(({ name }) => name)) };
  const unknown = (check: CheckDefinition): string | null => {
    if (check.type === "command") return names.command.has(check.command) ? null : check.command;
    const application = check.type === "http" || check.type === "migration-head" ? check.application : null;
    return application === null || names.application.has(application) ? null : application;
  };
  const named = checks.filter(({ type }) => type === "command" || type === "http");
  const bad = checks.flatMap((check) => {
    const name = unknown(check);
    return name === null ? [] : [{ name, mandatory: check.mandatory }];
  });
  for (const { name, mandatory: must } of bad) {
    items.push((must ? blocked : warning)("hooks", { code: "hook-unknown", params: { name } }));
  }
  if (bad.length === 0 && named.length > 0) items.push(good("hooks", { checks: named.length }));
  return items;
}
