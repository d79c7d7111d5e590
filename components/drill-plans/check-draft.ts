import type { CheckDefinition, sqlComparisons } from "#lib/contracts/drill-checks";
import type { AddableCheck } from "./check-list.ts";
import { formatRows, parseRows } from "./row-set.ts";

/** What the form of a check holds, of every type at once. */
export type CheckDraft = {
  readonly name: string;
  readonly mandatory: boolean;
  readonly sql: string;
  readonly expectType: "value" | "rows";
  readonly comparison: (typeof sqlComparisons)[number];
  readonly value: string;
  readonly rows: string;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly maxAge: string;
  readonly maxAgeUnit: "minutes" | "hours" | "days";
  readonly application: string;
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly body: string;
  readonly status: string;
  readonly bodyPattern: string;
  readonly command: string;
  readonly question: string;
  readonly hint: string;
};

const empty: CheckDraft = {
  name: "",
  mandatory: true,
  sql: "",
  expectType: "value",
  comparison: "=",
  value: "",
  rows: "",
  schema: "public",
  table: "",
  column: "",
  maxAge: "1",
  maxAgeUnit: "days",
  application: "",
  path: "/",
  method: "GET",
  body: "",
  status: "200",
  bodyPattern: "",
  command: "",
  question: "",
  hint: "",
};

const minutes = { minutes: 1, hours: 60, days: 1440 } as const;

/** The form of a check; of a new one for null. */
export function draftOfCheck(check: CheckDefinition | null): CheckDraft {
  if (check === null) return empty;
  const always = { ...empty, name: check.name, mandatory: check.mandatory };
  switch (check.type) {
    case "sql":
      return check.expect.type === "value"
        ? { ...always, sql: check.sql, comparison: check.expect.comparison, value: check.expect.value }
        : { ...always, sql: check.sql, expectType: "rows", rows: formatRows(check.expect.rows) };
    case "newest-row": {
      const { schema, table, column, maxAgeMinutes } = check;
      const unit = maxAgeMinutes % minutes.days === 0 ? "days" : maxAgeMinutes % minutes.hours === 0 ? "hours" : "minutes";
      return { ...always, schema, table, column, maxAge: String(maxAgeMinutes / minutes[unit]), maxAgeUnit: unit };
    }
    case "http": {
      const { application, path, method, body, status, bodyPattern } = check;
      return { ...always, application, path, method, body, status: String(status), bodyPattern };
    }
    case "command":
      return { ...always, command: check.command };
    case "manual":
      return { ...always, question: check.question, hint: check.hint };
    default:
      return always;
  }
}

/** The check as the API takes it, not yet checked; null where the expected rows cannot be read. */
export function definitionOf(type: AddableCheck, key: string, draft: CheckDraft): CheckDefinition | null {
  const always = { key, name: draft.name.trim(), mandatory: draft.mandatory };
  switch (type) {
    case "sql": {
      if (draft.expectType === "value")
        return { ...always, type, sql: draft.sql, expect: { type: "value", comparison: draft.comparison, value: draft.value } };
      const rows = parseRows(draft.rows);
      return rows === null ? null : { ...always, type, sql: draft.sql, expect: { type: "rows", rows } };
    }
    case "newest-row": {
      const { schema, table, column } = draft;
      return { ...always, type, schema, table, column, maxAgeMinutes: Number(draft.maxAge) * minutes[draft.maxAgeUnit] };
    }
    case "http": {
      const { application, path, method, body, bodyPattern } = draft;
      return { ...always, type, application, path, method, body: method === "POST" ? body : "", status: Number(draft.status), bodyPattern };
    }
    case "command":
      return { ...always, type, command: draft.command };
    case "manual":
      return {
        ...always,
        name: always.name === "" ? draft.question.trim().slice(0, 120) : always.name,
        type,
        question: draft.question.trim(),
        hint: draft.hint,
      };
  }
}
