import type { Reason } from "./error.ts";
import { keptNameOf } from "./replace-names.ts";
import {
  addContents,
  addTools,
  databaseNameProblem,
  type PlanBackup,
  type PlanRequest,
  type PlanTarget,
  type RestorePlan,
  startPlan,
} from "./restore-plan.ts";

type Table = { readonly schema: string; readonly table: string };

/** The database that is to be replaced, as an engine found it (the shape of the engine port's `ExistingDatabase`). */
export type PlanExisting = {
  readonly owner: string;
  readonly isOwned: boolean;
  readonly encoding: string;
  readonly preparedTransactions: number;
  readonly replication: number;
  readonly tables: readonly Table[];
  readonly unread?: Reason;
};

export type ReplaceTarget = PlanTarget & { readonly existing: PlanExisting | null };

export type ReplaceBackup = PlanBackup & {
  /** Tables with rows of their own that the backup has, left-out ones included. */
  readonly tables: readonly Table[];
  readonly excludedTables: readonly Table[];
  /** Null where it was not recorded. */
  readonly encoding: string | null;
};

export type ReplaceRequest = PlanRequest & {
  /** Tables that were chosen; a replacement takes all, that is none by name. */
  readonly tables: readonly Table[];
  /** For the name that the old database would be kept under. */
  readonly now: Date;
};

export type ReplaceDecision = {
  readonly strategy: "swap" | "in-place";
  /** Why it cannot be a swap. */
  readonly why: Reason | null;
  /** Null in place: nothing is kept then. */
  readonly keptName: string | null;
  /** Tables of the target that the backup does not have, at most 50 of `extraTablesTotal`. */
  readonly extraTables: string[];
  readonly extraTablesTotal: number;
};

/** Without a decision where there is nothing to replace. */
export type ReplacePlan = RestorePlan & { readonly replace: ReplaceDecision | null };

const namesTold = 50;

/**
 * Decides how a database would be replaced, what to know, and what stops it. A swap needs a role that may create databases: it makes a
 * sibling and renames. Without, all happens in one transaction in place.
 */
export function planReplace(backup: ReplaceBackup, target: ReplaceTarget, request: ReplaceRequest): ReplacePlan {
  const plan = startPlan(backup, target, request);
  const { blockers, warnings } = plan;
  const { database } = request;
  const { existing } = target;
  const nameProblem = databaseNameProblem(database);
  if (nameProblem !== null) blockers.push(nameProblem);
  if (target.isCatalogue) blockers.push({ code: "target-is-catalogue", params: { database } });
  if (!plan.databaseExists || existing === null) blockers.push({ code: "target-missing", params: { database } });
  if (request.content !== "all" || request.tables.length > 0) blockers.push({ code: "replace-needs-all", params: {} });
  if (existing !== null) blockers.push(...inTheWay(existing, request));
  addTools(plan, backup, target);
  const isSwap = target.canCreateDatabase;
  // In place the database stays as it was created; only a sibling needs the backup's locale.
  if (isSwap && plan.missingLocale !== null) blockers.push({ code: "target-encoding-missing", params: { detail: plan.missingLocale } });
  addContents(plan, backup, target, request);
  if (existing === null) return { ...plan, replace: null };

  warnings.push(...toKnow(backup, existing, database));
  const known = new Set(backup.tables.map(keyOf));
  const extra = existing.tables.filter((table) => !known.has(keyOf(table)));
  return {
    ...plan,
    replace: {
      strategy: isSwap ? "swap" : "in-place",
      why: isSwap ? null : { code: "target-cannot-create", params: { user: request.user } },
      keptName: isSwap ? keptNameOf(database, request.now, target.databases) : null,
      extraTables: extra.slice(0, namesTold).map(nameOf),
      extraTablesTotal: extra.length,
    },
  };
}

function inTheWay(existing: PlanExisting, { database, user }: ReplaceRequest): Reason[] {
  const reasons: Reason[] = [];
  if (!existing.isOwned) reasons.push({ code: "target-not-owned", params: { database, owner: existing.owner, user } });
  if (existing.preparedTransactions > 0)
    reasons.push({ code: "target-has-prepared", params: { database, count: existing.preparedTransactions } });
  if (existing.unread !== undefined) reasons.push(existing.unread);
  return reasons;
}

function toKnow(backup: ReplaceBackup, existing: PlanExisting, database: string): Reason[] {
  const reasons: Reason[] = [];
  if (backup.encoding !== null && backup.encoding !== existing.encoding)
    reasons.push({ code: "encoding-differs", params: { backup: backup.encoding, target: existing.encoding } });
  if (existing.replication > 0) reasons.push({ code: "replication-stays", params: { database, count: existing.replication } });
  const { excludedTables } = backup;
  if (excludedTables.length > 0) {
    const told = excludedTables.slice(0, namesTold).map(nameOf);
    const more = excludedTables.length > told.length ? ["…"] : [];
    reasons.push({ code: "excluded-tables-empty", params: { tables: [...told, ...more].join(", "), count: excludedTables.length } });
  }
  return reasons;
}

const keyOf = ({ schema, table }: Table) => JSON.stringify([schema, table]);
const nameOf = ({ schema, table }: Table) => `${schema}.${table}`;
