"use client";
/** `<ClosedSummary drill />`: the verdict and why, who signed, that nothing is left, and where to go on. */
import { FileCheck2, Siren } from "lucide-react";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { formatDuration } from "#lib/format/duration";
import { ReasonText } from "../state/reason.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Facts, type Fact } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";
import { CleanUpProof } from "./clean-up-proof.tsx";

const tones = { passed: "good", "passed-with-findings": "warn", failed: "bad" } as const;

export function ClosedSummary({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.closed");
  const verdict = drill.verdict ?? "failed";
  return (
    <>
      <Notice
        tone={tones[verdict]}
        title={t(`verdict.${verdict}`, { source: drill.sourceName })}
        actions={
          <>
            {drill.reportId === null ? null : (
              <ButtonLink size="sm" icon={FileCheck2} href={`/drills/${drill.id}/report`}>
                {t("report")}
              </ButtonLink>
            )}
            {drill.incidentId === null ? null : (
              <ButtonLink size="sm" icon={Siren} href={`/incidents/${drill.incidentId}`}>
                {t("incident")}
              </ButtonLink>
            )}
          </>
        }
      >
        <div className="flex flex-col gap-2">
          <p>{t(`text.${verdict}`)}</p>
          {drill.verdictReasons.map((reason, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- one code may stand twice
            <ReasonText key={`${reason.code}-${index}`} reason={reason} />
          ))}
        </div>
      </Notice>
      <Card title={t("facts")}>
        <Facts columns={2} className="-my-2" items={useFacts(drill)} />
      </Card>
      {drill.cleanUp === null ? null : (
        <Card title={t("cleanUp")} description={t("cleanUpLead")}>
          <CleanUpProof cleanUp={drill.cleanUp} />
        </Card>
      )}
      {drill.findings.length === 0 && drill.improvement === "" ? null : <Written drill={drill} />}
    </>
  );
}

function useFacts(drill: DrillDetailDto): Fact[] {
  const t = useTranslations("drills.wizard.closed");
  const locale = useLocale();
  const seconds = (value: number | null): string =>
    value === null ? t("noObjective") : t("objective", { time: formatDuration(value * 1000, locale) });
  const { clock, signOff } = drill;
  return [
    {
      label: t("recoveryTime"),
      value: drill.recoveryMs === null ? null : formatDuration(drill.recoveryMs, locale),
      hint: seconds(clock.recoveryTimeSeconds),
    },
    { label: t("machine"), value: formatDuration(clock.machineMs, locale) },
    {
      label: t("recoveryPoint"),
      value: clock.actualRecoveryPointSeconds === null ? null : formatDuration(clock.actualRecoveryPointSeconds * 1000, locale),
      hint: seconds(clock.recoveryPointSeconds),
    },
    { label: t("checks"), value: t("checksText", { passed: drill.checksPassed, failed: drill.checksFailed, total: drill.checksTotal }) },
    {
      label: t("signed"),
      value: signOff === null ? null : signOff.name,
      hint: signOff === null ? undefined : <AbsoluteTime at={signOff.at} seconds />,
    },
    {
      label: t("nextDue"),
      value: drill.nextDueAt === null ? null : <AbsoluteTime at={drill.nextDueAt} />,
      hint: drill.nextDueAt === null ? undefined : <RelativeTime at={drill.nextDueAt} />,
    },
    {
      label: t("source"),
      value: (
        <Link href={`/sources/${drill.sourceId}?tab=drill`} className="link">
          {drill.sourceName}
        </Link>
      ),
    },
  ];
}

function Written({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.closed");
  return (
    <Card title={t("written")}>
      <div className="flex flex-col gap-4 text-sm">
        {drill.findings.length === 0 ? null : (
          <ol className="flex list-decimal flex-col gap-2 pl-5">
            {drill.findings.map((finding, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- a closed drill does not change
              <li key={index} className="wrap-anywhere whitespace-pre-wrap text-ink marker:text-ink-3">
                {finding.text}
                {finding.action === "" ? null : <span className="block text-ink-2">{t("action", { action: finding.action })}</span>}
              </li>
            ))}
          </ol>
        )}
        {drill.improvement === "" ? null : (
          <div>
            <h3 className="text-[0.8125rem] font-medium text-ink-3">{t("improvement")}</h3>
            <p className="wrap-anywhere whitespace-pre-wrap text-ink">{drill.improvement}</p>
          </div>
        )}
      </div>
    </Card>
  );
}
