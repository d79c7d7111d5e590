"use client";
/** The newest fingerprint: what it counts, and what about it is unusual. */
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { FingerprintDto } from "#lib/contracts/fingerprints";
import { formatCount } from "#lib/format/number";
import { formatDay } from "#lib/format/time";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { Findings } from "./findings.tsx";

export function LatestCard({ sourceId, fingerprint }: { sourceId: string; fingerprint: FingerprintDto }) {
  const t = useTranslations("fingerprints");
  const locale = useLocale();
  const { day, at, rowCount, tableCount, migrationHead, backupId, findings } = fingerprint;
  return (
    <Card title={t("latest")} description={t("latestLead")}>
      <div className="flex flex-col gap-4">
        <Findings sourceId={sourceId} findings={findings} />
        <Facts
          columns={2}
          className="-my-2"
          items={[
            {
              label: t("day"),
              value: formatDay(`${day}T12:00:00.000Z`, { locale, timeZone: "UTC" }),
              hint: <AbsoluteTime at={at} />,
            },
            {
              label: t("backup"),
              value: (
                <Link href={`/backups/${backupId}`} className="link">
                  {t("seeBackup")}
                </Link>
              ),
            },
            { label: t("rows"), value: formatCount(rowCount, locale) },
            { label: t("tables"), value: formatCount(tableCount, locale) },
            {
              label: t("head"),
              value: migrationHead === null ? t("noHead") : <code className="font-mono text-[0.8125rem]">{migrationHead}</code>,
            },
          ]}
        />
      </div>
    </Card>
  );
}
