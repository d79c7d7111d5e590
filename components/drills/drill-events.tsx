"use client";
/** `<DrillEvents drill />`: who did what and when, newest first. */
import { useTranslations } from "next-intl";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { Card } from "../ui/card.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { eventNote, useEventCheck, useEventText } from "./event-text.ts";

export function DrillEvents({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.events");
  const tell = useEventText();
  const checkOf = useEventCheck(drill.checks);
  const events = drill.events.toReversed();
  return (
    <Card title={t("title")}>
      <div role="region" aria-label={t("title")} tabIndex={0} className="max-h-80 overflow-y-auto">
        <ol className="flex flex-col gap-3">
          {events.map((event, index) => {
            const note = eventNote(event);
            const check = checkOf(event);
            return (
              // oxlint-disable-next-line react/no-array-index-key -- two events of a drill may have one time
              <li key={`${event.at}-${events.length - index}`} className="text-[0.8125rem]">
                <p className="text-ink">
                  {tell(event)}
                  {check === null ? null : <span className="text-ink-2"> · {check}</span>}
                </p>
                {note === null ? null : <p className="wrap-anywhere text-ink-2">“{note}”</p>}
                <p className="text-xs text-ink-3">
                  {event.actorName} · <AbsoluteTime at={event.at} seconds />
                </p>
              </li>
            );
          })}
        </ol>
      </div>
    </Card>
  );
}
