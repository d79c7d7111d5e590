"use client";
/** `<CheckRow drill check … />`: one check: expected, found, how long, why not, the evidence, earlier verdicts; a manual one is answered here. */
import { clsx } from "clsx";
import { RefreshCw } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { DrillCheckDto, DrillDetailDto } from "#lib/contracts/drills";
import { isManualCheck } from "#lib/domain/drill-checks";
import { formatDuration } from "#lib/format/duration";
import { ReasonText } from "../state/reason.tsx";
import { StatusIcon } from "../status/status-badge.tsx";
import { Badge } from "../ui/badge.tsx";
import { IconButton } from "../ui/button.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { useCheckName } from "./check-name.ts";
import { ManualCheck } from "./manual-check.tsx";

type RowProps = { drill: DrillDetailDto; check: DrillCheckDto; canAct: boolean; isBusy: boolean; onRun: () => void };

export function CheckRow({ drill, check, canAct, isBusy, onRun }: RowProps) {
  const t = useTranslations("drills.wizard.checks");
  const common = useTranslations("drills.checks");
  const locale = useLocale();
  const name = useCheckName()(check.definition);
  const isManual = isManualCheck(check.type);
  const canRun = canAct && !isManual && check.state !== "not-applicable" && check.type !== "recovery-time";
  return (
    <li id={`check-${check.key}`} className={clsx("px-4 py-3 sm:px-5", check.state === "failed" && "bg-bad-soft/40")}>
      <div className="flex items-start gap-2.5">
        <StatusIcon status={`drillCheck.${check.state}`} className="mt-0.5" />
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <h3 className={clsx("text-sm font-medium wrap-anywhere", check.state === "not-applicable" ? "text-ink-3" : "text-ink")}>
              {name}
            </h3>
            {check.mandatory ? null : <Badge>{common("advisory")}</Badge>}
            {isManual ? <Badge tone="accent">{common("manual")}</Badge> : null}
          </div>
          <Outcome check={check} />
        </div>
        <span className="shrink-0 pt-0.5 text-xs text-ink-3 nums">
          {check.durationMs === null || isManual ? null : formatDuration(check.durationMs, locale)}
        </span>
        {canRun ? (
          <IconButton
            size="sm"
            className="-my-1"
            icon={RefreshCw}
            label={t("runOne", { name })}
            disabled={isBusy || drill.pausedAt !== null}
            onClick={onRun}
          />
        ) : null}
      </div>
      <div className="mt-1.5 flex flex-col gap-2 empty:hidden sm:ml-6.5">
        {check.reason === null ? null : <ReasonText reason={check.reason} />}
        {check.definition.type === "manual" ? (
          <ManualCheck drill={drill} check={check} definition={check.definition} canAct={canAct} />
        ) : null}
        {check.evidence === "" ? null : (
          <More title={t("evidence")}>
            <CodeBlock wrap label={t("evidenceOf", { name })} code={check.evidence} className="max-h-80 overflow-y-auto" />
          </More>
        )}
        {check.attempts.length === 0 ? null : <Attempts check={check} />}
      </div>
    </li>
  );
}

function Outcome({ check }: { check: DrillCheckDto }) {
  const t = useTranslations("drills.wizard.checks");
  if (check.state === "not-applicable") return <p className="text-xs text-ink-3">{t("notApplicable")}</p>;
  if (check.expected === "" && check.actual === "") return null;
  const isLong = check.expected.length > 60;
  return (
    <dl className={clsx("mt-0.5 flex gap-x-5 gap-y-0.5 text-[0.8125rem]", isLong ? "flex-col" : "flex-wrap")}>
      {check.expected === "" ? null : <Pair label={t("expected")} value={check.expected} />}
      {check.actual === "" ? null : <Pair label={t("actual")} value={check.actual} isBad={check.state === "failed"} />}
    </dl>
  );
}

function Pair({ label, value, isBad = false }: { label: string; value: string; isBad?: boolean }) {
  return (
    <div className="flex min-w-0 gap-1.5">
      <dt className="shrink-0 text-ink-3">{label}</dt>
      <dd className={clsx("min-w-0 wrap-anywhere whitespace-pre-wrap nums", isBad ? "font-medium text-bad" : "text-ink-2")}>{value}</dd>
    </div>
  );
}

function More({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="min-w-0">
      <summary className="cursor-pointer text-[0.8125rem] text-accent-ink select-none">{title}</summary>
      <div className="mt-1.5">{children}</div>
    </details>
  );
}

/** A re-run hides nothing: what it said before stays. */
function Attempts({ check }: { check: DrillCheckDto }) {
  const t = useTranslations("drills.wizard.checks");
  return (
    <More title={t("attempts", { count: check.attempts.length })}>
      <ol className="flex flex-col gap-1">
        {check.attempts.map((attempt, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- attempts are only ever added
          <li key={index} className="flex flex-wrap items-center gap-x-2 text-[0.8125rem] text-ink-2">
            <StatusIcon status={`drillCheck.${attempt.state}`} />
            <AbsoluteTime at={attempt.at} seconds />
            <span>{attempt.by}</span>
            <span className="wrap-anywhere">{attempt.actual}</span>
          </li>
        ))}
      </ol>
    </More>
  );
}
