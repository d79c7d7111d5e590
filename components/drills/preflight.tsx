"use client";
/** `<Preflight preflight />`: what was looked at before anything runs, each with its facts. */
import { useTranslations } from "next-intl";
import type { DrillPreflightDto } from "#lib/contracts/drills";
import { StepFacts } from "../runs/step-facts.tsx";
import { ReasonText } from "../state/reason.tsx";
import { StatusIcon } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";

export function Preflight({ preflight }: { preflight: DrillPreflightDto }) {
  const t = useTranslations("drills.wizard.preflight");
  return (
    <Card title={t("title")} description={t.rich("at", { time: () => <AbsoluteTime at={preflight.checkedAt} seconds /> })} flush>
      <ul className="divide-y divide-line/70">
        {preflight.items.map((item, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- one code may stand twice
          <li key={`${item.code}-${index}`} className="px-4 py-2.5 sm:px-5">
            <div className="flex items-center gap-2.5 text-sm text-ink">
              <StatusIcon status={`preflight.${item.state}`} />
              <span className="min-w-0">{t(`items.${item.code}`)}</span>
            </div>
            <StepFacts step={item} />
            {item.reason === null ? null : <ReasonText reason={item.reason} className="mt-1 sm:ml-6.5" />}
          </li>
        ))}
      </ul>
    </Card>
  );
}
