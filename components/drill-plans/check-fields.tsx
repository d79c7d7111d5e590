"use client";
/** `<CheckFields type draft change faults hooks />`: the fields of one type of check. */
import { useTranslations } from "next-intl";
import { sqlComparisons } from "#lib/contracts/drill-checks";
import type { DrillHooksDto } from "#lib/contracts/drill-plans";
import { Field } from "../ui/field.tsx";
import { Input, Textarea } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import type { CheckDraft } from "./check-draft.ts";
import type { AddableCheck } from "./check-list.ts";
import { CommandFields, HttpFields } from "./hook-fields.tsx";

export type CheckFieldsProps = {
  draft: CheckDraft;
  change: (next: Partial<CheckDraft>) => void;
  /** Names of the definition's fields that cannot be saved as they are. */
  faults: ReadonlySet<string>;
};

type Props = CheckFieldsProps & { type: AddableCheck; hooks: DrillHooksDto | undefined; engine: "postgres" | "sqlite" };

export function CheckFields({ type, hooks, engine, ...fields }: Props) {
  switch (type) {
    case "sql":
      return <SqlFields {...fields} engine={engine} />;
    case "newest-row":
      return <NewestRowFields {...fields} />;
    case "http":
      return <HttpFields {...fields} hooks={hooks} />;
    case "command":
      return <CommandFields {...fields} hooks={hooks} />;
    case "manual":
      return <ManualFields {...fields} />;
  }
}

function SqlFields({ draft, change, faults, engine }: CheckFieldsProps & { engine: "postgres" | "sqlite" }) {
  const t = useTranslations("drillPlans.checkDialog");
  return (
    <>
      <Field
        label={t("sql")}
        hint={t(engine === "sqlite" ? "sqlHintFile" : "sqlHint")}
        error={faults.has("sql") ? t("faults.sql") : undefined}
      >
        <Textarea mono rows={5} spellCheck={false} value={draft.sql} onValueChange={(sql) => change({ sql })} maxLength={20_000} />
      </Field>
      <Segmented
        label={t("expect")}
        value={draft.expectType}
        onValueChange={(expectType) => change({ expectType })}
        options={[
          { value: "value", label: t("expectValue") },
          { value: "rows", label: t("expectRows") },
        ]}
        className="self-start"
      />
      {draft.expectType === "value" ? (
        <div className="grid grid-cols-[6rem_minmax(0,1fr)] items-start gap-2">
          <Field label={t("comparison")}>
            <Select
              value={draft.comparison}
              onValueChange={(comparison) => change({ comparison })}
              options={sqlComparisons.map((value) => ({ value, label: value }))}
            />
          </Field>
          <Field label={t("value")} hint={t("valueHint")} error={faults.has("expect") ? t("faults.value") : undefined}>
            <Input mono value={draft.value} onValueChange={(value) => change({ value })} maxLength={1000} />
          </Field>
        </div>
      ) : (
        <Field label={t("rows")} hint={t("rowsHint")} error={faults.has("rows") || faults.has("expect") ? t("faults.rows") : undefined}>
          <Textarea mono rows={5} spellCheck={false} value={draft.rows} onValueChange={(rows) => change({ rows })} />
        </Field>
      )}
    </>
  );
}

const ageUnits = ["minutes", "hours", "days"] as const;

function NewestRowFields({ draft, change, faults }: CheckFieldsProps) {
  const t = useTranslations("drillPlans.checkDialog");
  const units = useTranslations("drillPlans.units");
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label={t("schema")} error={faults.has("schema") ? t("faults.name") : undefined}>
          <Input mono value={draft.schema} onValueChange={(schema) => change({ schema })} />
        </Field>
        <Field label={t("table")} error={faults.has("table") ? t("faults.name") : undefined}>
          <Input mono value={draft.table} onValueChange={(table) => change({ table })} />
        </Field>
        <Field label={t("column")} hint={t("columnHint")} error={faults.has("column") ? t("faults.name") : undefined}>
          <Input mono value={draft.column} onValueChange={(column) => change({ column })} />
        </Field>
      </div>
      <div className="grid max-w-sm grid-cols-[minmax(0,1fr)_7.5rem] items-start gap-2">
        <Field label={t("maxAge")} hint={t("maxAgeHint")} error={faults.has("maxAgeMinutes") ? t("faults.maxAge") : undefined}>
          <Input type="number" min={1} value={draft.maxAge} onValueChange={(maxAge) => change({ maxAge })} />
        </Field>
        <div className="pt-[1.625rem]">
          <Select
            label={units("of", { label: t("maxAge") })}
            value={draft.maxAgeUnit}
            onValueChange={(maxAgeUnit) => change({ maxAgeUnit })}
            options={ageUnits.map((unit) => ({ value: unit, label: units(unit) }))}
          />
        </div>
      </div>
    </>
  );
}

function ManualFields({ draft, change, faults }: CheckFieldsProps) {
  const t = useTranslations("drillPlans.checkDialog");
  return (
    <>
      <Field label={t("question")} hint={t("questionHint")} error={faults.has("question") ? t("faults.question") : undefined}>
        <Textarea rows={2} value={draft.question} onValueChange={(question) => change({ question })} maxLength={1000} />
      </Field>
      <Field label={t("hint")} optional>
        <Textarea rows={3} value={draft.hint} onValueChange={(hint) => change({ hint })} maxLength={2000} />
      </Field>
    </>
  );
}
