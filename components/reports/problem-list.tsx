"use client";
/** `<ProblemList problems />`: what is wrong with a report, in the reader's language, the most basic first. */
import { useTranslations } from "next-intl";
import type { ReportProblem } from "#lib/contracts/drill-reports";

export function ProblemList({ problems }: { problems: readonly ReportProblem[] }) {
  const t = useTranslations("reports.problem");
  return (
    <ul className="flex list-disc flex-col gap-1 pl-4.5 marker:text-bad">
      {problems.map((code) => (
        <li key={code}>{t(code)}</li>
      ))}
    </ul>
  );
}
