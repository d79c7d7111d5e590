"use client";
/** The closing checklist: each item with what Lifeboat knows about it, confirmed or waived with a reason; then the way to close. */
import { useTranslations } from "next-intl";
import { useState } from "react";
import { setIncidentItem, type IncidentDetailDto } from "#lib/contracts/incidents";
import { incidentChanges } from "#lib/query/incidents";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { StatusBadge, StatusIcon } from "../status/status-badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { CloseIncident } from "./close-incident.tsx";
import { DecideItem, type Decision } from "./decide-item.tsx";
import { ItemEvidence } from "./item-evidence.tsx";

type Entry = IncidentDetailDto["checklist"][number];
type CardProps = { incident: IncidentDetailDto; canChange: boolean };

export function ChecklistCard({ incident, canChange }: CardProps) {
  const t = useTranslations("incidents.checklist");
  const [decision, setDecision] = useState<Decision | null>(null);
  const takeBack = useAction(setIncidentItem, { changes: incidentChanges });
  const again = (item: Entry["item"]) =>
    takeBack.mutate({ params: { id: incident.id }, body: { item, state: "open" }, ifMatch: incident.version });
  // Five buttons of one name would tell nobody who hears them which is which.
  const named = (act: "confirm" | "waive" | "again", { item }: Entry) => `${t(act)}: ${t(`items.${item}`)}`;
  return (
    <Card title={t("title")} description={t("lead")} flush>
      <ul className="divide-y divide-line/70">
        {incident.checklist.map((entry) => (
          <li key={entry.item} className="flex flex-wrap items-start gap-x-4 gap-y-2.5 px-4 py-3.5 sm:px-5">
            <StatusIcon status={`item.${entry.state}`} named={false} className="mt-0.5 size-4.5" />
            <div className="min-w-0 flex-1 basis-60">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm font-medium text-ink">
                {t(`items.${entry.item}`)}
                {entry.state === "open" ? null : <StatusBadge status={`item.${entry.state}`} />}
              </p>
              <p className="text-[0.8125rem] text-ink-2">{t(`what.${entry.item}`)}</p>
              <ItemEvidence item={entry.item} incident={incident} />
              <Decided entry={entry} />
            </div>
            {canChange ? (
              <div className="flex gap-2 max-sm:pl-8.5">
                {entry.state === "open" ? (
                  <>
                    <Button
                      size="sm"
                      aria-label={named("confirm", entry)}
                      onClick={() => setDecision({ item: entry.item, state: "confirmed" })}
                    >
                      {t("confirm")}
                    </Button>
                    <Button
                      size="sm"
                      variant="ghost"
                      aria-label={named("waive", entry)}
                      onClick={() => setDecision({ item: entry.item, state: "waived" })}
                    >
                      {t("waive")}
                    </Button>
                  </>
                ) : (
                  <Button
                    size="sm"
                    variant="ghost"
                    aria-label={named("again", entry)}
                    pending={takeBack.isPending}
                    onClick={() => again(entry.item)}
                  >
                    {t("again")}
                  </Button>
                )}
              </div>
            ) : null}
          </li>
        ))}
      </ul>
      {takeBack.error === null ? null : <ProblemNotice error={takeBack.error} className="mx-4 mb-4 sm:mx-5" />}
      {canChange ? <CloseIncident incident={incident} /> : null}
      {decision === null ? null : <DecideItem incident={incident} decision={decision} onDone={() => setDecision(null)} />}
    </Card>
  );
}

/** Who decided, when, and what was written along with it. */
function Decided({ entry }: { entry: Entry }) {
  const t = useTranslations("incidents.checklist");
  if (entry.state === "open") return null;
  return (
    <div className="mt-1.5 border-l-2 border-line pl-3 text-[0.8125rem]">
      {entry.note === "" ? null : <p className="whitespace-pre-wrap text-ink wrap-anywhere">{entry.note}</p>}
      <p className="text-xs text-ink-3">{t.rich("by", { name: entry.byName ?? "", age: () => <RelativeTime at={entry.at} /> })}</p>
    </div>
  );
}
