"use client";
/** `<CheckPreview checks />`: what will be checked, before anything runs: the plan's preview. */
import { useTranslations } from "next-intl";
import type { DrillCheckDto } from "#lib/contracts/drills";
import { isManualCheck } from "#lib/domain/drill-checks";
import { StatusIcon } from "../status/status-badge.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { useCheckName } from "./check-name.ts";

export function CheckPreview({ checks }: { checks: readonly DrillCheckDto[] }) {
  const t = useTranslations("drills.wizard.preview");
  const common = useTranslations("drills.checks");
  const nameOf = useCheckName();
  const mandatory = checks.filter((check) => check.mandatory && check.state !== "not-applicable").length;
  return (
    <Card title={t("title", { count: checks.length })} description={t("lead", { mandatory })}>
      <ul className="grid gap-x-8 gap-y-1.5 sm:grid-cols-2">
        {checks.map((check) => (
          <li key={check.key} className="flex min-w-0 items-center gap-2 text-[0.8125rem]">
            <StatusIcon status={`drillCheck.${check.state}`} />
            <span className={check.state === "not-applicable" ? "min-w-0 text-ink-3" : "min-w-0 text-ink"}>{nameOf(check.definition)}</span>
            {check.mandatory ? null : <Badge className="shrink-0">{common("advisory")}</Badge>}
            {isManualCheck(check.type) ? <Badge className="shrink-0">{common("manual")}</Badge> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}
