"use client";
/** The archive's own table of contents. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { getBackupContentsQuery } from "#lib/query/backups";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { CodeBlock } from "../ui/code-block.tsx";

export function ContentsTab({ backupId }: { backupId: string }) {
  const t = useTranslations("backups");
  const { data, error, refetch } = useQuery(getBackupContentsQuery(backupId));
  if (data === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={8} />;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-[0.8125rem] text-ink-2">{data.listing === "" ? t("contents.empty") : t("contents.lead")}</p>
      {data.listing === "" ? null : <CodeBlock label={t("one.tabs.contents")} code={data.listing} />}
    </div>
  );
}
