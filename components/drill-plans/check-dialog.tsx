"use client";
/** `<CheckDialog type check checks … />`: a check of one's own, new or changed. It is kept in the plan's form until that is saved. */
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { checkDefinition, type CheckDefinition } from "#lib/contracts/drill-checks";
import type { DrillHooksDto } from "#lib/contracts/drill-plans";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { useDraft } from "../ui/use-draft.ts";
import { definitionOf, draftOfCheck, type CheckDraft } from "./check-draft.ts";
import { CheckFields } from "./check-fields.tsx";
import { freeKey, type AddableCheck } from "./check-list.ts";
import { ImportanceChoice } from "./importance-choice.tsx";

type DialogProps = {
  type: AddableCheck;
  /** Null: a new one. */
  check: CheckDefinition | null;
  checks: readonly CheckDefinition[];
  hooks: DrillHooksDto | undefined;
  engine: "postgres" | "sqlite";
  onClose: () => void;
  onDone: (check: CheckDefinition) => void;
};

export function CheckDialog({ type, check, checks, hooks, engine, onClose, onDone }: DialogProps) {
  const t = useTranslations("drillPlans.checkDialog");
  const typeName = useTranslations("drills.checks.names")(type);
  const [draft, change] = useDraft<CheckDraft>(() => draftOfCheck(check));
  const [wasTried, setWasTried] = useState(false);
  const made = definitionOf(type, check?.key ?? freeKey(checks, draft.name === "" ? type : draft.name), draft);
  const parsed = made === null ? null : checkDefinition.safeParse(made);
  const faults = new Set(
    parsed?.success === false ? parsed.error.issues.map(({ path }) => String(path[0])) : made === null ? ["rows"] : [],
  );
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    // The plan's own form is around this dialog as far as React is concerned.
    event.stopPropagation();
    setWasTried(true);
    if (parsed?.success === true) onDone(parsed.data);
  };
  return (
    <Dialog
      wide
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t(check === null ? "new" : "change", { type: typeName })}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form="check-of-plan" variant="primary">
            {t(check === null ? "add" : "keep")}
          </Button>
        </>
      }
    >
      <form id="check-of-plan" onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t("name")} hint={t("nameHint")} optional={type !== "manual"}>
          <Input value={draft.name} onValueChange={(name) => change({ name })} maxLength={120} />
        </Field>
        <CheckFields type={type} draft={draft} change={change} faults={wasTried ? faults : new Set()} hooks={hooks} engine={engine} />
        <div className="flex flex-col items-start gap-1.5">
          <ImportanceChoice
            name={draft.name === "" ? typeName : draft.name}
            isMandatory={draft.mandatory}
            onChange={(mandatory) => change({ mandatory })}
          />
          <p className="text-xs text-ink-3">{t(draft.mandatory ? "mandatoryHint" : "advisoryHint")}</p>
        </div>
      </form>
    </Dialog>
  );
}
