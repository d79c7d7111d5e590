"use client";
/** `<BackUpNow source={source} />`: the button and the dialog that asks for reason and note, and says what will be done. */
import { DatabaseBackup } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import type { SourceDto } from "#lib/contracts/sources";
import { formatBytes } from "#lib/format/bytes";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input, Textarea } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { leftOutNames } from "./left-out.ts";
import { useStartBackup } from "./use-start-backup.ts";

export function BackUpNow({ source, disabled }: { source: SourceDto; disabled?: boolean }) {
  const t = useTranslations("sources.backUp");
  const locale = useLocale();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const start = useStartBackup();
  const leftOut = leftOutNames(source);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    start.mutate({ body: { sourceId: source.id, reason, note } });
  };
  return (
    <>
      <Button variant="primary" icon={DatabaseBackup} disabled={disabled} onClick={() => setOpen(true)}>
        {t("button")}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={t("title", { name: source.name })}
        description={t("text", { database: source.database })}
        footer={
          <>
            <DialogCancel />
            <Button type="submit" form="back-up-now" variant="primary" pending={start.isPending}>
              {source.sizeBytes === null ? t("confirm") : t("confirmSize", { size: formatBytes(source.sizeBytes, locale) })}
            </Button>
          </>
        }
      >
        <form id="back-up-now" onSubmit={submit} className="flex flex-col gap-4">
          <Field label={t("reason")} hint={t("reasonHint")} optional>
            <Input value={reason} onValueChange={(next) => setReason(next)} maxLength={200} />
          </Field>
          <Field label={t("note")} optional>
            <Textarea value={note} onValueChange={(next) => setNote(next)} maxLength={2000} rows={3} />
          </Field>
          {leftOut.length === 0 ? null : <Notice tone="warn">{t("leftOut", { list: leftOut.join(", ") })}</Notice>}
          <ProblemNotice error={start.error} />
        </form>
      </Dialog>
    </>
  );
}
