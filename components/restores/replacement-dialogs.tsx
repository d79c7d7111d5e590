"use client";
/** The two acts after a replacement: swapping back, and removing what was kept. Both ask for the name. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { cleanUpReplace, undoReplace, type ReplacementDto, type RestoreDetailDto } from "#lib/contracts/restores";
import { formatMinute } from "#lib/format/time";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Notice } from "../ui/notice.tsx";
import { rich } from "../ui/rich.tsx";

type DialogProps = { restore: RestoreDetailDto; open: boolean; onOpenChange: (open: boolean) => void };

const changes = ["getRestore", "listRestores", "listRuns", "getOverview", "listServerDatabases"];

export function UndoReplace({ restore, replacement, open, onOpenChange }: DialogProps & { replacement: ReplacementDto }) {
  const t = useTranslations("restores.replacement.undo");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const undo = useAction(undoReplace, { changes, onDone: () => onOpenChange(false) });
  const { database } = restore;
  const { replacedAt, keptName } = replacement;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("title", { database })}
      confirm={t("confirm", { database })}
      mustType={database}
      danger={false}
      pending={undo.isPending}
      onConfirm={() => undo.mutate({ params: { id: restore.id }, body: { confirmName: database } })}
    >
      <p>{t.rich("what", { ...rich, database, kept: keptName ?? "" })}</p>
      <p>{t("sessions")}</p>
      {replacedAt === null ? null : <Notice tone="warn">{t("since", { time: formatMinute(replacedAt, settings) })}</Notice>}
      <ProblemNotice error={undo.error} />
    </ConfirmDialog>
  );
}

export function CleanUpReplace({ restore, kept, open, onOpenChange }: DialogProps & { kept: string }) {
  const t = useTranslations("restores.replacement.cleanUp");
  const cleanUp = useAction(cleanUpReplace, { changes, onDone: () => onOpenChange(false) });
  const undone = restore.replacement?.answers === "undone";
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("title", { kept })}
      confirm={t("confirm", { kept })}
      mustType={kept}
      pending={cleanUp.isPending}
      onConfirm={() => cleanUp.mutate({ params: { id: restore.id }, body: { confirmName: kept } })}
    >
      <p>{t.rich(undone ? "whatRestored" : "whatOld", { ...rich, database: restore.database, kept })}</p>
      <Notice tone="warn">{t(undone ? "lastRestored" : "lastOld")}</Notice>
      <ProblemNotice error={cleanUp.error} />
    </ConfirmDialog>
  );
}
