"use client";
/** `<KindInstead backupId={run.backupId} />`: where a full was made although a member was asked for, why. Else nothing. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { getBackupQuery } from "#lib/query/backups";
import { ReasonText } from "../state/reason.tsx";
import { Notice } from "../ui/notice.tsx";

export function KindInstead({ backupId }: { backupId: string }) {
  const t = useTranslations("backups.lineage");
  const kinds = useTranslations("backups.kinds");
  const { data: backup } = useQuery({ ...getBackupQuery(backupId), refetchInterval: false, retry: false });
  const { askedKind = null, kindReason = null } = backup ?? {};
  if (askedKind === null || kindReason === null) return null;
  return (
    <Notice title={t("insteadTitle", { kind: kinds(askedKind) })}>
      <ReasonText reason={kindReason} />
    </Notice>
  );
}
