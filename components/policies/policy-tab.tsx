"use client";
/** `<PolicyTab source />`: what starts by itself for a source, how long backups stay, what that would do, and what waits in the trash. */
import { useState } from "react";
import type { SourceDetailDto } from "#lib/contracts/sources";
import { SchedulesCard } from "../schedules/schedules-card.tsx";
import { SourceTrash } from "../trash/source-trash.tsx";
import { keepAll, RetentionCard } from "./retention-card.tsx";
import { SimulationCard } from "./simulation-card.tsx";

export function PolicyTab({ source }: { source: SourceDetailDto }) {
  // What is chosen but not saved yet can be looked at below; a policy that somebody else gives the source meanwhile is shown.
  const [choice, setChoice] = useState<{ readonly version: number; readonly policyId: string } | null>(null);
  const chosen = choice?.version === source.version ? choice.policyId : (source.retentionPolicyId ?? keepAll);
  return (
    <div className="flex flex-col gap-6">
      <SchedulesCard source={source} />
      <RetentionCard source={source} chosen={chosen} onChoose={(policyId) => setChoice({ version: source.version, policyId })} />
      <SimulationCard source={source} chosen={chosen} />
      <SourceTrash sourceId={source.id} />
    </div>
  );
}
