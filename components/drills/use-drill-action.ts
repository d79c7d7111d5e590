"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { z } from "zod";
import type { DrillDetailDto, drillDetail } from "#lib/contracts/drills";
import type { Endpoint } from "#lib/contracts/endpoint";
import type { ErrorCode } from "#lib/domain/error";
import { getDrillQuery } from "#lib/query/drills";
import { useAction } from "#lib/query/use-action";
import { useMe } from "../shell/me.tsx";
import { useProblemText } from "../state/error-state.tsx";
import { problemOf } from "../state/problem-of.tsx";
import { toast } from "../ui/toast.tsx";
import { useEventText } from "./event-text.ts";

type AnswersDrill = Endpoint<z.ZodType, z.ZodType, z.ZodType, typeof drillDetail>;

/** What somebody else's button, pressed a moment before, turns one's own into. */
const lostRace: ReadonlySet<ErrorCode> = new Set(["drill-state", "drill-busy", "drill-paused", "version-conflict", "drill-not-operator"]);

/** Everything that tells how drills stand. */
export const drillAnswers = [
  "getDrill",
  "listDrills",
  "getDrillPlan",
  "listDrillPlans",
  "getOverview",
  "getSource",
  "listSources",
  "getRun",
] as const;

/**
 * A verb of one drill as something to press. Its answer is shown at once. When somebody else was faster, the drill is asked for again and a
 * toast says who did what; any other problem is told in a toast, unless `quiet` says that the caller shows it.
 */
export function useDrillAction<E extends Endpoint & AnswersDrill>(
  endpoint: E,
  drillId: string,
  { onDone, quiet = false }: { onDone?: (drill: DrillDetailDto) => void; quiet?: boolean } = {},
) {
  const client = useQueryClient();
  const me = useMe();
  const t = useTranslations("drills.wizard.race");
  const tell = useProblemText();
  const tellEvent = useEventText();
  const tellRace = async (refusal: unknown): Promise<void> => {
    const { message, hint } = tell(refusal);
    const now = await client.fetchQuery({ ...getDrillQuery(drillId), staleTime: 0 }).catch(() => null);
    const last = now?.events.at(-1);
    const isOthers = last !== undefined && last.actorName !== me.name;
    toast({
      tone: "bad",
      title: isOthers ? t("faster", { name: last.actorName }) : message,
      text: isOthers ? `${tellEvent(last)}. ${message}.` : hint,
    });
  };
  return useAction(endpoint, {
    changes: drillAnswers,
    onDone: (answer) => {
      const drill = answer as DrillDetailDto;
      client.setQueryData(getDrillQuery(drill.id).queryKey, drill);
      onDone?.(drill);
    },
    onProblem: (error) => {
      const problem = problemOf(error);
      if (problem !== null && lostRace.has(problem.code)) void tellRace(error);
      else if (!quiet) toast({ tone: "bad", title: tell(error).message, text: tell(error).hint });
    },
  });
}
