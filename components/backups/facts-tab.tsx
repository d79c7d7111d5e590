"use client";
/** What a backup holds, where it came from, and what was left out. */
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { BackupDetailDto } from "#lib/contracts/backups";
import { formatBytes } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { formatCount, formatPercent } from "#lib/format/number";
import { Meter } from "../status/meter.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { ReasonText } from "../state/reason.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";
import { DatabaseProperties } from "./database-properties.tsx";
import { LineageCard } from "./lineage-card.tsx";

export function FactsTab({ backup }: { backup: BackupDetailDto }) {
  return (
    <div className="flex flex-col gap-6">
      <Meter meter={backup.meter} />
      <KindNotices backup={backup} />
      <Unusual backup={backup} />
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <What backup={backup} />
        <div className="flex min-w-0 flex-col gap-6">
          <LineageCard backup={backup} />
          <LeftOut backup={backup} />
          <Copies backup={backup} />
          <DatabaseProperties backup={backup} />
        </div>
      </div>
    </div>
  );
}

/** What stands in the way of a restore, and why a full was made although a member was asked for. */
function KindNotices({ backup }: { backup: BackupDetailDto }) {
  const t = useTranslations("backups.lineage");
  const kinds = useTranslations("backups.kinds");
  return (
    <>
      {backup.broken === null ? null : (
        <Notice
          tone="bad"
          title={t("broken")}
          actions={
            <ButtonLink size="sm" href={`/chains/${backup.chainId}#${backup.id}`}>
              {t("openChain")}
            </ButtonLink>
          }
        >
          <ReasonText reason={backup.broken} />
        </Notice>
      )}
      {backup.askedKind === null || backup.kindReason === null ? null : (
        <Notice title={t("insteadTitle", { kind: kinds(backup.askedKind) })}>
          <ReasonText reason={backup.kindReason} />
        </Notice>
      )}
    </>
  );
}

function What({ backup }: { backup: BackupDetailDto }) {
  const t = useTranslations("backups.facts");
  const triggers = useTranslations("runs.triggers");
  const locale = useLocale();
  const share = backup.streamBytes === 0 ? null : formatPercent(backup.storedBytes / backup.streamBytes, locale);
  return (
    <Card title={t("what")}>
      <Facts
        items={[
          { label: t("snapshot"), value: <AbsoluteTime at={backup.snapshotAt} seconds /> },
          { label: t("tables"), value: formatCount(backup.tableCount, locale) },
          { label: t("rows"), value: formatCount(backup.rowCount, locale) },
          { label: t("stream"), value: formatBytes(backup.streamBytes, locale) },
          {
            label: t("stored"),
            value: formatBytes(backup.storedBytes, locale),
            hint: share === null ? undefined : t("ratio", { percent: share }),
          },
          { label: t("started"), value: <AbsoluteTime at={backup.startedAt} seconds /> },
          { label: t("duration"), value: backup.durationMs === null ? null : formatDuration(backup.durationMs, locale) },
          { label: t("trigger"), value: `${backup.createdBy.name}, ${triggers(backup.trigger)}` },
          { label: t("reason"), value: backup.reason || t("none") },
          { label: t("server"), value: `${backup.extension === "db" ? "SQLite" : "PostgreSQL"} ${backup.serverVersion}` },
          { label: backup.extension === "db" ? t("toolSqlite") : t("tool"), value: backup.toolVersion },
          {
            label: t("run"),
            value:
              backup.runId === null ? null : (
                <Link href={`/runs/${backup.runId}`} className="link">
                  {t("openRun")}
                </Link>
              ),
          },
          ...(backup.note === "" ? [] : [{ label: t("note"), value: <span className="whitespace-pre-wrap">{backup.note}</span> }]),
        ]}
      />
    </Card>
  );
}

function Unusual({ backup }: { backup: BackupDetailDto }) {
  const t = useTranslations("backups");
  const locale = useLocale();
  return (
    <>
      {backup.anomalies.length === 0 ? null : (
        <Notice tone="warn" title={t("facts.anomalies")}>
          <ul className="list-disc pl-4">
            {backup.anomalies.map(({ code, params }) => (
              <li key={code}>{anomalyText(code, params)}</li>
            ))}
          </ul>
        </Notice>
      )}
      {backup.warnings.length === 0 ? null : (
        <Notice tone="warn" title={t("facts.warnings")}>
          <ul className="flex flex-col gap-1 font-mono text-xs">
            {backup.warnings.map((warning) => (
              <li key={warning} className="wrap-anywhere whitespace-pre-wrap">
                {warning}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );

  function anomalyText(code: string, params: Readonly<Record<string, unknown>>): string {
    const bytes = (name: string) => formatBytes(Number(params[name] ?? 0), locale);
    const number = (name: string) => formatCount(Number(params[name] ?? 0), locale);
    switch (code) {
      case "far-smaller":
      case "far-larger":
        return t(`anomalyCodes.${code}`, { bytes: bytes("bytes"), usualBytes: bytes("usualBytes") });
      case "far-fewer-rows":
        return t(`anomalyCodes.${code}`, { rows: number("rows"), usualRows: number("usualRows") });
      case "fewer-tables":
        return t(`anomalyCodes.${code}`, { tables: number("tables"), usualTables: number("usualTables") });
      default:
        return t("anomalyCodes.other", { code });
    }
  }
}

/** Always shown: what is not in a backup is as much a fact as what is. */
function LeftOut({ backup }: { backup: BackupDetailDto }) {
  const t = useTranslations("backups.facts");
  const nothing = backup.excludedSchemas.length === 0 && backup.excludedTables.length === 0;
  return (
    <Card title={t("leftOut")}>
      {nothing ? (
        <p className="text-sm text-ink-2">{t("leftOutNothing")}</p>
      ) : (
        <ul className="flex flex-col gap-1 text-sm text-ink">
          {backup.excludedSchemas.map((name) => (
            <li key={name}>{t("leftOutSchema", { name })}</li>
          ))}
          {backup.excludedTables.map(({ schema, table }) => (
            <li key={`${schema}.${table}`}>{t("leftOutTable", { name: `${schema}.${table}` })}</li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Copies({ backup }: { backup: BackupDetailDto }) {
  const t = useTranslations("backups.facts");
  return (
    <Card title={t("copies")} flush>
      <ul className="divide-y divide-line/70">
        {backup.copies.map((copy) => (
          <li key={copy.id} className="flex flex-wrap items-center justify-between gap-2 px-4 py-2.5 text-sm sm:px-5">
            <span className="font-medium text-ink">{copy.destinationName}</span>
            <span className="flex flex-wrap items-center gap-3 text-[0.8125rem] text-ink-2">
              {copy.storedAt === null ? null : (
                <span>
                  {t("copyStored")} <RelativeTime at={copy.storedAt} />
                </span>
              )}
              {copy.verifiedAt === null ? null : (
                <span>
                  {t("copyVerified")} <RelativeTime at={copy.verifiedAt} />
                </span>
              )}
              <StatusBadge status={`copy.${copy.state}`} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
