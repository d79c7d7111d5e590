"use client";
/** `<ReportVerification verification sequence />`: whether the report is untouched, looked at now; if not, what is wrong, in words. */
import { useTranslations } from "next-intl";
import type { ReportDetailDto } from "#lib/contracts/drill-reports";
import { ButtonLink } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { ProblemList } from "./problem-list.tsx";

export function ReportVerification({ verification, sequence }: { verification: ReportDetailDto["verification"]; sequence: number }) {
  const t = useTranslations("reports.page.verification");
  const { ok, problems, checkedAt, reportsInChain } = verification;
  return (
    <Notice
      tone={ok ? "good" : "bad"}
      title={t(ok ? "good" : "bad")}
      actions={
        <ButtonLink size="sm" href="/reports/verify" className="print:hidden">
          {t("how")}
        </ButtonLink>
      }
    >
      {ok ? <p>{t("goodText", { number: sequence, count: reportsInChain })}</p> : <ProblemList problems={problems} />}
      <p className="mt-0.5 text-xs text-ink-3">{t.rich("looked", { time: () => <AbsoluteTime at={checkedAt} seconds /> })}</p>
    </Notice>
  );
}
