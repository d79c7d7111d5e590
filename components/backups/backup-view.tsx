"use client";
/** One backup. The open tab lives in the address. */
import { useQuery } from "@tanstack/react-query";
import { Pin } from "lucide-react";
import { useRouter, useSearchParams } from "next/navigation";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { BackupDetailDto } from "#lib/contracts/backups";
import { formatMinute } from "#lib/format/time";
import { getBackupQuery } from "#lib/query/backups";
import { RunLog } from "../runs/run-log.tsx";
import { useCan } from "../shell/me.tsx";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { shapeOf } from "../timeline/time-line-model.ts";
import { Badge } from "../ui/badge.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { BackupActions } from "./backup-actions.tsx";
import { ContentsTab } from "./contents-tab.tsx";
import { FactsTab } from "./facts-tab.tsx";
import { FilesTab } from "./files-tab.tsx";
import { TablesTab } from "./tables-tab.tsx";
import { ValidationsTab } from "./validations-tab.tsx";
import { VerifyButton } from "./verify-button.tsx";

const tabNames = ["facts", "tables", "contents", "validations", "files", "log"] as const;

export function BackupView({ id }: { id: string }) {
  const t = useTranslations("backups");
  const sources = useTranslations("sources");
  const shapes = useTranslations("timeline.shapes");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const router = useRouter();
  const search = useSearchParams();
  const { data: backup, error, refetch } = useQuery(getBackupQuery(id));
  if (backup === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  const tab = tabNames.find((name) => name === search.get("tab")) ?? "facts";
  return (
    <Page>
      <PageHeader
        title={formatMinute(backup.snapshotAt, settings)}
        crumbs={[
          { href: "/sources", label: sources("title") },
          { href: `/sources/${backup.sourceId}?tab=backups`, label: backup.sourceName },
        ]}
        badges={
          <>
            <Badge>{shapes(shapeOf(backup))}</Badge>
            {backup.broken === null ? null : <StatusBadge status="chain.broken" />}
            {backup.pinned ? <Badge icon={Pin}>{t("pinned")}</Badge> : null}
            {backup.state === "available" ? null : <StatusBadge status={`backup.${backup.state}`} />}
          </>
        }
        description={[backup.label, t("one.of", { kind: t(`kindsInSentence.${backup.kind}`), database: backup.database })]
          .filter((text) => text !== "")
          .join(" · ")}
        actions={<BackupActions backup={backup} />}
      />
      <Tabs
        value={tab}
        onValueChange={(next) => router.replace(next === "facts" ? `/backups/${id}` : `/backups/${id}?tab=${next}`, { scroll: false })}
        tabs={tabNames.map((name) => ({
          value: name,
          label: t(`one.tabs.${name}`),
          content: name === tab ? <Content tab={name} backup={backup} /> : null,
        }))}
      />
    </Page>
  );
}

function Content({ tab, backup }: { tab: (typeof tabNames)[number]; backup: BackupDetailDto }): ReactNode {
  const t = useTranslations("backups");
  const can = useCan();
  switch (tab) {
    case "facts":
      return <FactsTab backup={backup} />;
    case "tables":
      return <TablesTab backupId={backup.id} />;
    case "contents":
      return <ContentsTab backupId={backup.id} />;
    case "validations":
      return <ValidationsTab backupId={backup.id} verify={can("backups:verify") ? <VerifyButton backupId={backup.id} /> : null} />;
    case "files":
      return <FilesTab backup={backup} />;
    case "log":
      return backup.runId === null ? <p className="text-sm text-ink-2">{t("log.none")}</p> : <RunLog runId={backup.runId} />;
  }
}
