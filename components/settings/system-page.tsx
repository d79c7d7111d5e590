"use client";
/** Servers and tools: what is wrong and its cure first, then tool sets, workers, disks and the installation's facts. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { getSystemStatusQuery } from "#lib/query/system";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { useReasonText } from "../state/reason.tsx";
import { Notice } from "../ui/notice.tsx";
import { InstallationCard } from "./installation-card.tsx";
import { ToolSetsCard } from "./tool-sets-card.tsx";
import { WorkersCard } from "./workers-card.tsx";

export function SystemPage() {
  const t = useTranslations("settings");
  const tell = useReasonText();
  const query = useQuery(getSystemStatusQuery());
  if (query.data === undefined) {
    return query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : <PageSkeleton />;
  }
  const { problems, workers } = query.data;
  return (
    <>
      {problems.length === 0 ? (
        <Notice tone="good" title={t("noProblems")} />
      ) : (
        <div className="flex flex-col gap-2">
          <h2 className="text-[0.9375rem] font-semibold tracking-tight">{t("problems")}</h2>
          {problems.map((reason) => {
            const { message, hint } = tell(reason);
            return (
              <Notice key={`${reason.code}-${JSON.stringify(reason.params)}`} tone="bad" title={message}>
                {hint}
              </Notice>
            );
          })}
        </div>
      )}
      <ToolSetsCard workers={workers} />
      <WorkersCard workers={workers} />
      <InstallationCard status={query.data} />
    </>
  );
}
