"use client";
/** Servers and tools: what is wrong and its cure first, then tool sets, workers, disks and the installation's facts. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { WorkerDto } from "#lib/contracts/system";
import type { Reason } from "#lib/domain/error";
import { getSystemStatusQuery } from "#lib/query/system";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { useReasonText } from "../state/reason.tsx";
import { Notice } from "../ui/notice.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { InstallationCard } from "./installation-card.tsx";
import { ToolSetsCard } from "./tool-sets-card.tsx";
import { WorkersCard } from "./workers-card.tsx";

export function SystemPage() {
  const t = useTranslations("settings");
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
          {problems.map((reason) => (
            <SystemProblem key={`${reason.code}-${JSON.stringify(reason.params)}`} reason={reason} workers={workers} />
          ))}
        </div>
      )}
      <ToolSetsCard workers={workers} />
      <WorkersCard workers={workers} />
      <InstallationCard status={query.data} />
    </>
  );
}

/** A trouble, what to do, and the command that does it where one is known. Tools that work, but are old, are no failure. */
function SystemProblem({ reason, workers }: { reason: Reason; workers: readonly WorkerDto[] }) {
  const t = useTranslations("settings");
  const { message, hint } = useReasonText()(reason);
  const cure = cureOf(reason, workers);
  return (
    <Notice tone={reason.code === "tool-below-safe-minimum" ? "warn" : "bad"} title={message}>
      <p>{hint}</p>
      {cure === null ? null : <CodeBlock label={t("cure")} code={cure} className="mt-2" />}
    </Notice>
  );
}

function cureOf({ code, params }: Reason, workers: readonly WorkerDto[]): string | null {
  const { install, found } = params;
  if (typeof install === "string") return install === "none" || install === "" ? null : install;
  const sets = workers.filter(({ alive }) => alive).flatMap(({ toolSets }) => toolSets);
  return code === "tool-below-safe-minimum" ? (sets.find(({ version }) => version === found)?.cure ?? null) : null;
}
