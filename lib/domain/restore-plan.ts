import type { Reason } from "./error.ts";
import { fits, neededBytes } from "./space.ts";

/** Facts of the target server, as an engine found them (the shape of the engine port's `TargetFacts`). */
export type PlanTarget = {
  readonly serverVersion: string;
  readonly toolVersion: string | null;
  readonly databases: readonly string[];
  readonly roles: readonly string[];
  readonly extensions: readonly string[];
  readonly tablespaces: readonly string[];
  readonly canCreateDatabase: boolean;
  readonly isSuperuser: boolean;
  readonly localeAvailable: boolean;
  readonly freeBytes: number | null;
  readonly isCatalogue: boolean;
};

export type PlanBackup = {
  readonly serverVersion: string;
  readonly toolVersion: string;
  readonly streamBytes: number;
  readonly roles: readonly string[];
  readonly owner: string | null;
  readonly extensions: readonly { readonly name: string }[];
  readonly tablespaces: readonly string[];
  readonly locale: string | null;
};

export type PlanRequest = {
  readonly database: string;
  readonly content: "all" | "schema" | "data";
  readonly owners: "keep" | "none";
  /** The restore role of the target, for the message that it may not create databases. */
  readonly user: string;
  readonly workerFreeBytes: number;
  readonly tempPath: string;
};

export type RestorePlan = {
  readonly databaseExists: boolean;
  readonly missingRoles: string[];
  readonly missingExtensions: string[];
  readonly missingTablespaces: string[];
  readonly missingLocale: string | null;
  readonly warnings: Reason[];
  readonly blockers: Reason[];
};

/** Major version of `15.20 (Debian …)`, `17.12` or `18beta1`; NaN for an unknown text. */
export function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

function missing(wanted: readonly string[], present: readonly string[]): string[] {
  const known = new Set(present);
  return [...new Set(wanted)].filter((name) => !known.has(name)).sort();
}

/** A database name that PostgreSQL takes: 1 to 63 bytes, no NUL. Anything else is just a name. */
export function databaseNameProblem(database: string): Reason | null {
  const bytes = new TextEncoder().encode(database).length;
  if (bytes === 0) return { code: "target-name-invalid", params: { database, why: "empty" } };
  if (bytes > 63) return { code: "target-name-invalid", params: { database, why: "longer than 63 bytes" } };
  if (database.includes("\u0000")) return { code: "target-name-invalid", params: { database: "", why: "contains a NUL character" } };
  if (["template0", "template1", "postgres"].includes(database)) {
    return { code: "target-name-invalid", params: { database, why: "belongs to PostgreSQL itself" } };
  }
  return null;
}

/** A plan that says what is missing on the target and has stopped nothing yet. */
export function startPlan(backup: PlanBackup, target: PlanTarget, request: Pick<PlanRequest, "database">): RestorePlan {
  const roles = backup.owner === null ? backup.roles : [...backup.roles, backup.owner];
  return {
    databaseExists: target.databases.includes(request.database),
    missingRoles: missing(roles, target.roles),
    missingExtensions: missing(
      backup.extensions.map((extension) => extension.name),
      target.extensions,
    ),
    missingTablespaces: missing(backup.tablespaces, [...target.tablespaces, "pg_default", "pg_global"]),
    missingLocale: target.localeAvailable ? null : backup.locale,
    warnings: [],
    blockers: [],
  };
}

/**
 * Decides what a restore into a new database would meet: what is missing, what to know, and what stops it. Pure: the same facts
 * give the same plan in the preview and right before the restore.
 */
export function planRestore(backup: PlanBackup, target: PlanTarget, request: PlanRequest): RestorePlan {
  const plan = startPlan(backup, target, request);
  const { blockers } = plan;
  const nameProblem = databaseNameProblem(request.database);
  if (nameProblem !== null) blockers.push(nameProblem);
  if (target.isCatalogue) blockers.push({ code: "target-is-catalogue", params: { database: request.database } });
  else if (plan.databaseExists) blockers.push({ code: "target-exists", params: { database: request.database } });
  addTools(plan, backup, target);
  if (!target.canCreateDatabase) blockers.push({ code: "target-cannot-create", params: { user: request.user } });
  if (plan.missingLocale !== null) blockers.push({ code: "target-encoding-missing", params: { detail: plan.missingLocale } });
  addContents(plan, backup, target, request);
  return plan;
}

/** Versions of server and tools that cannot read the backup. */
export function addTools({ blockers }: RestorePlan, backup: PlanBackup, target: PlanTarget): void {
  if (majorOf(target.serverVersion) < majorOf(backup.serverVersion)) {
    blockers.push({ code: "target-too-old", params: { serverVersion: target.serverVersion, backupVersion: backup.serverVersion } });
  }
  if (target.toolVersion === null) {
    blockers.push({ code: "tool-missing", params: { tool: "pg_restore", major: majorOf(target.serverVersion), install: "" } });
  } else if (majorOf(target.toolVersion) < majorOf(backup.toolVersion)) {
    blockers.push({
      code: "tool-too-old",
      params: { tool: "pg_restore", found: target.toolVersion, needed: String(majorOf(backup.toolVersion)), install: "" },
    });
  }
}

/** What the contents need: extensions, space, roles and tablespaces. */
export function addContents(plan: RestorePlan, backup: PlanBackup, target: PlanTarget, request: PlanRequest): void {
  const { blockers, warnings } = plan;
  for (const extension of plan.missingExtensions) blockers.push({ code: "extension-missing", params: { extension } });
  if (!fits(backup.streamBytes, { freeBytes: request.workerFreeBytes })) {
    blockers.push({ code: "no-space", params: spaceParams(request.tempPath, request.workerFreeBytes, backup.streamBytes) });
  }
  if (request.content !== "schema" && target.freeBytes !== null && !fits(backup.streamBytes, { freeBytes: target.freeBytes })) {
    blockers.push({ code: "no-space", params: spaceParams("server", target.freeBytes, backup.streamBytes) });
  }
  if (request.owners === "keep" && plan.missingRoles.length > 0) {
    warnings.push({ code: "roles-missing", params: { roles: plan.missingRoles.join(", "), count: plan.missingRoles.length } });
  }
  if (plan.missingTablespaces.length > 0) {
    warnings.push({
      code: "tablespaces-missing",
      params: { tablespaces: plan.missingTablespaces.join(", "), count: plan.missingTablespaces.length },
    });
  }
}

function spaceParams(path: string, freeBytes: number, bytes: number) {
  return { path, freeBytes, neededBytes: neededBytes(bytes) };
}
