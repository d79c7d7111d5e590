"use client";
/** `<AbortDrill drill open onOpenChange />`: asks before everything stops, and says what is removed and what stays. */
import { useTranslations } from "next-intl";
import { useState } from "react";
import { abortDrill } from "#lib/contracts/drills";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import type { DrillDialogProps } from "./pause-drill.tsx";
import { useDrillAction } from "./use-drill-action.ts";

export function AbortDrill({ drill, open, onOpenChange }: DrillDialogProps) {
  const t = useTranslations("drills.wizard.abort");
  const [why, setWhy] = useState("");
  const abort = useDrillAction(abortDrill, drill.id, { quiet: true, onDone: () => onOpenChange(false) });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("title")}
      confirm={t("confirm")}
      pending={abort.isPending}
      onConfirm={() => abort.mutate({ params: { id: drill.id }, body: { reason: why } })}
    >
      <p>{t("text")}</p>
      <p>{t("stays", { source: drill.sourceName })}</p>
      <Field label={t("reason")} optional>
        <Input value={why} onValueChange={(next) => setWhy(next)} maxLength={500} />
      </Field>
      <ProblemNotice error={abort.error} />
    </ConfirmDialog>
  );
}
