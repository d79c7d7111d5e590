"use client";
/** `<VerifyResult answer fileName />`: ours and untouched, or what is wrong; and what the file says of itself. */
import { useTranslations } from "next-intl";
import type { z } from "zod";
import type { checkReportFile } from "#lib/contracts/drill-reports";
import { drillVerdicts } from "#lib/domain/drill-state";
import { StatusBadge } from "../status/status-badge.tsx";
import { Notice } from "../ui/notice.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { ProblemList } from "./problem-list.tsx";

export function VerifyResult({ answer, fileName }: { answer: z.infer<typeof checkReportFile.response>; fileName: string | null }) {
  const t = useTranslations("reports.verify.result");
  const { ok, problems, report } = answer;
  const verdict = drillVerdicts.find((each) => each === report?.verdict);
  return (
    <Notice tone={ok ? "good" : "bad"} title={t(ok ? "good" : "bad")}>
      <div className="flex flex-col gap-2">
        {fileName === null ? null : <p className="font-mono text-[0.8125rem] wrap-anywhere">{fileName}</p>}
        {ok ? <p>{t("goodText")}</p> : <ProblemList problems={problems} />}
        {report === null ? null : (
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            {t.rich(ok ? "says" : "claims", {
              number: report.sequence,
              source: report.sourceName,
              time: () => <AbsoluteTime at={report.writtenAt} seconds />,
            })}
            {verdict === undefined ? null : <StatusBadge status={`verdict.${verdict}`} />}
          </p>
        )}
      </div>
    </Notice>
  );
}
