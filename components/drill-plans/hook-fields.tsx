"use client";
/** Fields of checks that start what the host declares: a browser names it, the host's configuration says what it is. */
import { useTranslations } from "next-intl";
import type { DrillHooksDto } from "#lib/contracts/drill-plans";
import { Field } from "../ui/field.tsx";
import { Input, Textarea } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { rich } from "../ui/rich.tsx";
import { Select } from "../ui/select.tsx";
import type { CheckFieldsProps } from "./check-fields.tsx";

type HookProps = CheckFieldsProps & { hooks: DrillHooksDto | undefined };

export function CommandFields({ draft, change, faults, hooks }: HookProps) {
  const t = useTranslations("drillPlans.checkDialog");
  const commands = hooks?.commands ?? [];
  return (
    <>
      <Declared hooks={hooks} isEmpty={commands.length === 0} />
      <Field label={t("command")} hint={t("commandHint")} error={faults.has("command") ? t("faults.command") : undefined}>
        <Select
          value={draft.command === "" ? null : draft.command}
          placeholder={t("choose")}
          onValueChange={(command) => change({ command })}
          options={commands.map(({ name, description }) => ({ value: name, label: name, hint: description }))}
        />
      </Field>
    </>
  );
}

export function HttpFields({ draft, change, faults, hooks }: HookProps) {
  const t = useTranslations("drillPlans.checkDialog");
  const applications = hooks?.applications ?? [];
  return (
    <>
      <Declared hooks={hooks} isEmpty={applications.length === 0} />
      <Field label={t("application")} hint={t("applicationHint")} error={faults.has("application") ? t("faults.application") : undefined}>
        <Select
          value={draft.application === "" ? null : draft.application}
          placeholder={t("choose")}
          onValueChange={(application) => change({ application })}
          options={applications.map(({ name, description }) => ({ value: name, label: name, hint: description }))}
        />
      </Field>
      <div className="grid gap-3 sm:grid-cols-[7rem_minmax(0,1fr)_7rem]">
        <Field label={t("method")}>
          <Select
            value={draft.method}
            onValueChange={(method) => change({ method })}
            options={[
              { value: "GET", label: "GET" },
              { value: "POST", label: "POST" },
            ]}
          />
        </Field>
        <Field label={t("path")} error={faults.has("path") ? t("faults.path") : undefined}>
          <Input mono value={draft.path} onValueChange={(path) => change({ path })} maxLength={1000} />
        </Field>
        <Field label={t("status")} error={faults.has("status") ? t("faults.status") : undefined}>
          <Input type="number" min={100} max={599} value={draft.status} onValueChange={(status) => change({ status })} />
        </Field>
      </div>
      {draft.method === "POST" ? (
        <Field label={t("body")} hint={t("bodyHint")} optional>
          <Textarea mono rows={3} spellCheck={false} value={draft.body} onValueChange={(body) => change({ body })} maxLength={10_000} />
        </Field>
      ) : null}
      <Field label={t("bodyPattern")} hint={t("bodyPatternHint")} optional>
        <Input mono value={draft.bodyPattern} onValueChange={(bodyPattern) => change({ bodyPattern })} maxLength={500} />
      </Field>
    </>
  );
}

/** What can be chosen stands in the host's file; without one, what to do. */
function Declared({ hooks, isEmpty }: { hooks: DrillHooksDto | undefined; isEmpty: boolean }) {
  const t = useTranslations("drillPlans.checkDialog");
  const problems = hooks?.problems ?? [];
  return (
    <>
      {problems.length === 0 ? null : (
        <Notice tone="warn" title={t("hookProblems")}>
          <ul className="list-disc pl-4">
            {problems.map((problem) => (
              <li key={problem} className="wrap-anywhere">
                {problem}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {isEmpty && hooks !== undefined ? <Notice title={t("hooksNone")}>{t.rich("hooksNoneText", rich)}</Notice> : null}
    </>
  );
}
