"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { createBackup } from "#lib/contracts/backups";
import { useAction } from "#lib/query/use-action";
import { problemOf } from "../state/problem-of.tsx";
import { toast } from "../ui/toast.tsx";

/** Starts a backup and leads to its page; where one is running already, leads to that one. */
export function useStartBackup() {
  const t = useTranslations("sources.backUp");
  const router = useRouter();
  return useAction(createBackup, {
    changes: ["getSource", "listSources", "listRuns", "getOverview"],
    onDone: (run) => router.push(`/runs/${run.id}`),
    onProblem: (error) => {
      const problem = problemOf(error);
      const runId = problem?.code === "run-active" ? problem.params["runId"] : undefined;
      if (typeof runId !== "string") return;
      toast({ title: t("already") });
      router.push(`/runs/${runId}`);
    },
  });
}
