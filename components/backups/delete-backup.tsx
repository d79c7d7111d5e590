"use client";
/**
 * `<DeleteBackup backup open onOpenChange />`: asks what a delete would mean, says it with numbers, and names what blocks it or goes along. The
 * trash comes first; for good and at once is the other choice, and the only one for what is in the trash.
 */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { useState } from "react";
import { deleteBackup, type BackupDto, type getDeleteConsequences } from "#lib/contracts/backups";
import type { z } from "zod";
import { formatBytes } from "#lib/format/bytes";
import { formatMinute } from "#lib/format/time";
import { getDeleteConsequencesQuery } from "#lib/query/backups";
import { useStartRun } from "../runs/use-start-run.ts";
import { ProblemNotice } from "../state/error-state.tsx";
import { Skeleton } from "../state/skeleton.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Notice } from "../ui/notice.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { deletion } from "./deletion.ts";

type DeleteProps = {
  backup: Pick<BackupDto, "id" | "sourceName" | "snapshotAt" | "storedBytes" | "version">;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** It is in the trash already: what is left is to delete it for good. */
  isTrashed?: boolean;
};

const changed = [
  "getBackup",
  "listBackups",
  "getSource",
  "listSources",
  "getChain",
  "listChains",
  "listRestorePoints",
  "listTrash",
] as const;

export function DeleteBackup({ backup, open, onOpenChange, isTrashed = false }: DeleteProps) {
  const t = useTranslations("backups.delete");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const [together, setTogether] = useState(false);
  const first = isTrashed ? "now" : "trash";
  const [when, setWhen] = useState<"trash" | "now">(first);
  const { data, error } = useQuery({ ...getDeleteConsequencesQuery(backup.id), enabled: open });
  const remove = useStartRun(deleteBackup, changed, { quiet: true });
  const { blocked, count, bytes } = deletion(data, backup.storedBytes, together);
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        setTogether(false);
        setWhen(first);
        onOpenChange(next);
      }}
      title={t(when === "trash" ? "titleTrash" : "title")}
      danger={when === "now"}
      confirm={when === "trash" ? t("confirmTrash", { count }) : t("confirm", { count, size: formatBytes(bytes, settings.locale) })}
      disabled={blocked}
      pending={remove.isPending}
      onConfirm={() =>
        remove.mutate({ params: { id: backup.id }, query: { dependents: together ? "delete" : "refuse", when }, ifMatch: backup.version })
      }
    >
      <p className="text-ink">
        {backup.sourceName}, {formatMinute(backup.snapshotAt, settings)}
      </p>
      {data === undefined ? (
        error ? (
          <ProblemNotice error={error} />
        ) : (
          <div role="status" aria-label={t("asking")}>
            <Skeleton className="h-4 w-3/4" />
          </div>
        )
      ) : (
        <>
          <p>
            {t(when === "trash" ? "keeps" : "frees", { size: formatBytes(bytes, settings.locale) })}{" "}
            {t("remaining", { count: Math.max(0, data.remaining - (count - 1)), source: backup.sourceName })}
          </p>
          {data.isLastGood ? <Notice tone="bad">{t("lastGood", { source: backup.sourceName })}</Notice> : null}
          {data.isLastVerified ? <Notice tone="warn">{t("lastVerified", { source: backup.sourceName })}</Notice> : null}
          {data.pinned ? <Notice tone="warn">{t("pinned")}</Notice> : null}
          {data.dependents.length === 0 ? null : (
            <Dependents dependents={data.dependents} together={together} onTogether={setTogether} isTrash={when === "trash"} />
          )}
          {isTrashed ? null : (
            <RadioCards
              label={t("how")}
              value={when}
              onValueChange={setWhen}
              options={[
                { value: "trash", label: t("toTrash"), hint: t("toTrashHint", { days: data.graceDays }) },
                { value: "now", label: t("forGood"), hint: t("forGoodHint") },
              ]}
            />
          )}
        </>
      )}
      <ProblemNotice error={remove.error} />
    </ConfirmDialog>
  );
}

type Consequences = z.output<typeof getDeleteConsequences.response>;
type DependentsProps = {
  dependents: Consequences["dependents"];
  together: boolean;
  onTogether: (together: boolean) => void;
  isTrash: boolean;
};

function Dependents({ dependents, together, onTogether, isTrash }: DependentsProps) {
  const t = useTranslations("backups.delete");
  const kinds = useTranslations("backups.kinds");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const pinned = dependents.filter((each) => each.pinned).length;
  return (
    <>
      <Notice tone="warn" title={t("dependents", { count: dependents.length })}>
        <ul className="max-h-40 list-disc overflow-y-auto pl-4">
          {dependents.map(({ id, kind, snapshotAt, storedBytes }) => (
            <li key={id}>
              <Link href={`/backups/${id}`} className="link">
                {formatMinute(snapshotAt, settings)}
              </Link>
              , {kinds(kind)}, {formatBytes(storedBytes, settings.locale)}
            </li>
          ))}
        </ul>
        {pinned === 0 ? null : <p>{t("dependentsPinned", { count: pinned })}</p>}
      </Notice>
      {pinned === 0 ? (
        <Checkbox
          checked={together}
          onCheckedChange={onTogether}
          label={t(isTrash ? "togetherTrash" : "together", { count: dependents.length })}
          hint={t("togetherHint")}
        />
      ) : null}
    </>
  );
}
