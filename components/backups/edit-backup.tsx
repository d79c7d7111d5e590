"use client";
/** `<EditBackup backup open onOpenChange />`: label, note and pin. */
import { useTranslations } from "next-intl";
import type { SyntheticEvent } from "react";
import { updateBackup, type BackupDto } from "#lib/contracts/backups";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { fieldErrors } from "../state/problem-of.tsx";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input, Textarea } from "../ui/input.tsx";
import { toast } from "../ui/toast.tsx";
import { useDraft } from "../ui/use-draft.ts";

type EditProps = { backup: BackupDto; open: boolean; onOpenChange: (open: boolean) => void };

export function EditBackup({ backup, open, onOpenChange }: EditProps) {
  const t = useTranslations("backups.edit");
  const [draft, change] = useDraft({ label: backup.label, note: backup.note, pinned: backup.pinned });
  const update = useAction(updateBackup, {
    changes: ["getBackup", "listBackups"],
    onDone: () => {
      toast({ title: t("done") });
      onOpenChange(false);
    },
  });
  const errors = fieldErrors(update.error);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    update.mutate({ params: { id: backup.id }, body: draft, ifMatch: backup.version });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("title")}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form="edit-backup" variant="primary" pending={update.isPending}>
            {t("save")}
          </Button>
        </>
      }
    >
      <form id="edit-backup" onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("label")} hint={t("labelHint")} error={errors["label"]} optional>
          <Input value={draft.label} onValueChange={(label) => change({ label })} maxLength={120} />
        </Field>
        <Field label={t("note")} error={errors["note"]} optional>
          <Textarea value={draft.note} onValueChange={(note) => change({ note })} maxLength={2000} />
        </Field>
        <Checkbox checked={draft.pinned} onCheckedChange={(pinned) => change({ pinned })} label={t("pinned")} />
        <ProblemNotice error={update.error} />
      </form>
    </Dialog>
  );
}
