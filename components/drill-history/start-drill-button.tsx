"use client";
/** `<StartDrillButton plan />`: what a drill begins with, for a row of a plan. Who may only read sees no button. */
import { useQuery } from "@tanstack/react-query";
import type { DrillPlanSummaryDto } from "#lib/contracts/drill-plans";
import { listSourceNamesQuery } from "#lib/query/sources";
import { StartDrill } from "../drills/start-drill.tsx";

export function StartDrillButton({ plan }: { plan: DrillPlanSummaryDto }) {
  const { data: names } = useQuery(listSourceNamesQuery());
  const engine = names?.items.find(({ id }) => id === plan.sourceId)?.engine;
  if (engine === undefined || plan.due === "none") return null;
  return (
    <StartDrill
      size="sm"
      variant={plan.due === "overdue" ? "primary" : "secondary"}
      source={{ id: plan.sourceId, name: plan.sourceName, engine }}
    />
  );
}
