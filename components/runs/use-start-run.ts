"use client";
import { useRouter } from "next/navigation";
import type { z } from "zod";
import type { Endpoint } from "#lib/contracts/endpoint";
import type { runDetail } from "#lib/contracts/runs";
import { useAction } from "#lib/query/use-action";
import { useProblemText } from "../state/error-state.tsx";
import { problemOf } from "../state/problem-of.tsx";
import { toast } from "../ui/toast.tsx";

type StartsRun = Endpoint<z.ZodType, z.ZodType, z.ZodType, typeof runDetail>;

/**
 * An endpoint that answers with a run, as something to press: leads to the run's page, or to the one that is at work already; any other
 * problem is told in a toast, unless `quiet` says that the caller shows it.
 */
export function useStartRun<E extends Endpoint & StartsRun>(endpoint: E, changes: readonly string[], { quiet = false } = {}) {
  const router = useRouter();
  const tell = useProblemText();
  return useAction(endpoint, {
    changes: [...changes, "listRuns", "getOverview"],
    onDone: (run) => router.push(`/runs/${(run as z.output<typeof runDetail>).id}`),
    onProblem: (error) => {
      const problem = problemOf(error);
      const runId = problem?.code === "run-active" ? problem.params["runId"] : undefined;
      if (typeof runId === "string") router.push(`/runs/${runId}`);
      else if (!quiet) toast({ tone: "bad", title: tell(error).message, text: tell(error).hint });
    },
  });
}
