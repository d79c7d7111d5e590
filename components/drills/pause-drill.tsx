"use client";
/** `<PauseDrill drill open onOpenChange />`: why, in a line; what a pause does and does not do. */
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { pauseDrill, type DrillDetailDto } from "#lib/contracts/drills";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { useDrillAction } from "./use-drill-action.ts";

export type DrillDialogProps = { drill: DrillDetailDto; open: boolean; onOpenChange: (open: boolean) => void };

export function PauseDrill({ drill, open, onOpenChange }: DrillDialogProps) {
  const t = useTranslations("drills.wizard.pause");
  const [note, setNote] = useState("");
  const pause = useDrillAction(pauseDrill, drill.id, { quiet: true, onDone: () => onOpenChange(false) });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    pause.mutate({ params: { id: drill.id }, body: { note } });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("title")}
      description={t("text")}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form="pause-drill" variant="primary" pending={pause.isPending}>
            {t("confirm")}
          </Button>
        </>
      }
    >
      <form id="pause-drill" onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("note")} hint={t("noteHint")} optional>
          <Input value={note} onValueChange={(next) => setNote(next)} maxLength={500} />
        </Field>
        <ProblemNotice error={pause.error} />
      </form>
    </Dialog>
  );
}
