"use client";
/** Every look at a backup, newest first, with what each check expected and found. */
import { useQuery } from "@tanstack/react-query";
import { ShieldQuestion } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import type { ValidationDto } from "#lib/contracts/backups";
import { formatDuration } from "#lib/format/duration";
import { listBackupValidationsQuery } from "#lib/query/backups";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

export function ValidationsTab({ backupId, verify }: { backupId: string; verify: ReactNode }) {
  const t = useTranslations("backups.validations");
  const { data, error, refetch } = useQuery(listBackupValidationsQuery(backupId));
  if (data === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={3} />;
  if (data.validations.length === 0) {
    return (
      <EmptyState icon={ShieldQuestion} title={t("empty.title")} actions={verify}>
        {t("empty.text")}
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <p className="text-[0.8125rem] text-ink-2">{t("lead")}</p>
      {data.validations.map((validation) => (
        <Validation key={validation.id} validation={validation} />
      ))}
    </div>
  );
}

function Validation({ validation }: { validation: ValidationDto }) {
  const t = useTranslations("backups.validations");
  const locale = useLocale();
  const title = t(`levels.${validation.level}`);
  return (
    <Card
      flush
      title={
        <span className="flex flex-wrap items-center gap-2">
          {title} <StatusBadge status={`check.${validation.verdict}`} />
        </span>
      }
      description={
        <>
          <AbsoluteTime at={validation.at} seconds />, {t("took", { duration: formatDuration(validation.durationMs, locale) })}
        </>
      }
      actions={
        validation.runId === null ? null : (
          <Link href={`/runs/${validation.runId}`} className="link text-[0.8125rem]">
            {t("run")}
          </Link>
        )
      }
    >
      <TableFrame label={title}>
        <thead>
          <tr>
            <Th>{t("check")}</Th>
            <Th>{t("verdict")}</Th>
            <Th>{t("expected")}</Th>
            <Th>{t("actual")}</Th>
          </tr>
        </thead>
        <tbody>
          {validation.checks.map(({ code, verdict, expected, actual }) => (
            <tr key={code}>
              <Td>{isKnownCheck(code, (key) => t.has(key)) ? t(`checks.${code}`) : code}</Td>
              <Td>
                <StatusBadge status={`check.${verdict}`} />
              </Td>
              <Td className="max-w-64 font-mono text-xs break-all text-ink-2">{expected}</Td>
              <Td className="max-w-64 font-mono text-xs break-all text-ink-2">{actual}</Td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </Card>
  );
}

type CheckCode = (typeof knownChecks)[number];
const knownChecks = ["pack-checksum", "frames", "root-hash", "stream-checksum", "archive-listing", "integrity-check", "sidecar"] as const;

function isKnownCheck(code: string, has: (key: `checks.${CheckCode}`) => boolean): code is CheckCode {
  return has(`checks.${code as CheckCode}`);
}
