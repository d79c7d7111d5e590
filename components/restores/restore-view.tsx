"use client";
/** One restore: the verdict, the comparison table by table, and every error of pg_restore with its meaning. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { RestoreDetailDto } from "#lib/contracts/restores";
import { formatDuration } from "#lib/format/duration";
import { formatCount } from "#lib/format/number";
import { formatMinute } from "#lib/format/time";
import { getRestoreQuery } from "#lib/query/restores";
import { useCan } from "../shell/me.tsx";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { ReasonText } from "../state/reason.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { ComparisonTable } from "./comparison-table.tsx";
import { ReplacementCard } from "./replacement-card.tsx";
import { replacementState } from "./replacement-state.ts";
import { RestoreErrors } from "./restore-errors.tsx";
import { restoreVerdict } from "./restore-verdict.ts";

const tones = { good: "good", attention: "warn", bad: "bad", running: "info" } as const;

export function RestoreView({ id }: { id: string }) {
  const t = useTranslations("restores");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const can = useCan();
  const { data: restore, error, refetch } = useQuery(getRestoreQuery(id));
  if (restore === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  const verdict = restoreVerdict(restore);
  const state = replacementState(restore);
  const notRestored = verdict.params["notRestored"] ?? 0;
  return (
    <Page>
      <PageHeader
        title={<span className="font-mono text-[0.92em]">{restore.database}</span>}
        crumbs={[{ href: "/restores", label: t("title") }]}
        badges={<StatusBadge status={`run.${restore.run.state}`} />}
        description={t("one.of", { source: restore.sourceName, time: formatMinute(restore.snapshotAt, settings) })}
        actions={
          <>
            <ButtonLink href={`/runs/${restore.runId}`}>{t("one.openRun")}</ButtonLink>
            <ButtonLink href={`/backups/${restore.backupId}`}>{t("one.openBackup")}</ButtonLink>
            {can("restores:create") && verdict.level !== "running" ? (
              <ButtonLink href={`/restores/new?backup=${restore.backupId}`}>{t("one.again")}</ButtonLink>
            ) : null}
          </>
        }
      />
      {state === null || restore.replacement === null ? (
        <Notice tone={tones[verdict.level]} title={t(`verdict.${verdict.code}`, verdict.params)}>
          {notRestored === 0 ? null : <p>{t("verdict.notRestored", { count: notRestored })}</p>}
          {restore.run.error === null ? null : <ReasonText reason={restore.run.error} />}
        </Notice>
      ) : (
        <ReplacementCard restore={restore} replacement={restore.replacement} state={state} />
      )}
      <RestoreFacts restore={restore} />
      {restore.comparison === null ? null : <ComparisonTable tables={restore.comparison.tables} />}
      {verdict.level === "running" ? null : <RestoreErrors errors={restore.errors} />}
    </Page>
  );
}

function RestoreFacts({ restore }: { restore: RestoreDetailDto }) {
  const t = useTranslations("restores");
  const locale = useLocale();
  const { startedAt, finishedAt } = restore.run;
  const took = startedAt === null || finishedAt === null ? null : formatDuration(Date.parse(finishedAt) - Date.parse(startedAt), locale);
  return (
    <Card>
      <Facts
        columns={2}
        className="-my-2"
        items={[
          { label: t("one.target"), value: restore.serverName },
          // A replacement's own card says what became of it.
          ...(restore.mode === "replace" ? [] : [{ label: t("one.outcome"), value: t(`one.outcomes.${restore.outcome}`) }]),
          { label: t("one.content"), value: t(`content.${restore.content}`) },
          { label: t("one.owners"), value: restore.owners === "keep" ? t("one.ownersKeep") : t("one.ownersNone") },
          {
            label: t("one.tables"),
            value:
              restore.tables.length === 0 ? t("one.tablesAll") : restore.tables.map(({ schema, table }) => `${schema}.${table}`).join(", "),
          },
          { label: t("one.jobs"), value: formatCount(restore.jobs, locale) },
          { label: t("one.took"), value: took },
        ]}
      />
    </Card>
  );
}
