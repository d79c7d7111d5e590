"use client";
/** Prepare: the backup that was chosen and its chain, where it goes, what was looked at ahead, what will be checked. Then the clock can start. */
import { Play, RotateCw, SlidersHorizontal } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { prepareDrill, restoreDrill, type DrillDetailDto, type DrillPreflightDto } from "#lib/contracts/drills";
import { formatDuration } from "#lib/format/duration";
import { ReasonText } from "../state/reason.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { CheckPreview } from "./check-preview.tsx";
import { ChooseDialog } from "./choose-dialog.tsx";
import { DrillRuns } from "./drill-runs.tsx";
import { DrilledBackup } from "./drilled-backup.tsx";
import { Preflight } from "./preflight.tsx";
import { TargetCard } from "./target-card.tsx";
import { useDrillAction } from "./use-drill-action.ts";
import { useMayAct } from "./use-may-act.ts";

export function PrepareStep({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.prepare");
  const { preflight } = drill;
  return (
    <>
      {drill.state === "preparing" ? (
        <Notice title={t("looking")}>{t("lookingText")}</Notice>
      ) : preflight === null ? null : (
        <Findings preflight={preflight} isBefore={drill.state === "prepared"} />
      )}
      {drill.state === "prepared" ? <Buttons drill={drill} /> : null}
      {drill.backup === null ? null : <DrilledBackup drill={drill} backup={drill.backup} />}
      {drill.target === null ? null : <TargetCard target={drill.target} />}
      {preflight === null ? null : <Preflight preflight={preflight} />}
      {drill.checks.length === 0 ? null : <CheckPreview checks={drill.checks} />}
      {drill.state === "preparing" ? <DrillRuns drill={drill} types={["drill-prepare"]} /> : null}
    </>
  );
}

/** Everything that would make the drill fail or mean nothing, said before anything runs. */
function Findings({ preflight, isBefore }: { preflight: DrillPreflightDto; isBefore: boolean }) {
  const t = useTranslations("drills.wizard.prepare");
  const blocked = preflight.items.filter(({ state }) => state === "blocked");
  const warnings = preflight.items.filter(({ state }) => state === "warning");
  return (
    <>
      {blocked.length > 0 ? (
        <Notice tone="bad" live title={t("blocked", { count: blocked.length })}>
          <Reasons items={blocked} />
        </Notice>
      ) : isBefore ? (
        <Notice tone="good" live title={t("clear")}>
          <Expectation preflight={preflight} />
        </Notice>
      ) : null}
      {warnings.length === 0 ? null : (
        <Notice tone="warn" title={t("warnings", { count: warnings.length })}>
          <Reasons items={warnings} />
        </Notice>
      )}
    </>
  );
}

function Reasons({ items }: { items: DrillPreflightDto["items"] }) {
  const t = useTranslations("drills.wizard.preflight");
  return (
    <ul className="flex flex-col gap-2">
      {items.map((item, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- one code may stand twice
        <li key={`${item.code}-${index}`}>
          {item.reason === null ? <p className="text-sm text-ink">{t(`items.${item.code}`)}</p> : <ReasonText reason={item.reason} />}
        </li>
      ))}
    </ul>
  );
}

function Expectation({ preflight: { estimate } }: { preflight: DrillPreflightDto }) {
  const t = useTranslations("drills.wizard.prepare");
  const locale = useLocale();
  if (estimate === null) return t("noEstimate");
  return t("estimate", { time: formatDuration(estimate.milliseconds, locale), count: estimate.basedOn });
}

function Buttons({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.prepare");
  const mayAct = useMayAct(drill);
  const [isChoosing, setIsChoosing] = useState(false);
  const [round, setRound] = useState(0);
  const restore = useDrillAction(restoreDrill, drill.id);
  const again = useDrillAction(prepareDrill, drill.id);
  if (!mayAct) return null;
  const isBlocked = drill.preflight?.items.some(({ state }) => state === "blocked") ?? true;
  const isPaused = drill.pausedAt !== null;
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          variant="primary"
          icon={Play}
          disabled={isBlocked || isPaused || again.isPending}
          pending={restore.isPending}
          onClick={() => restore.mutate({ params: { id: drill.id } })}
        >
          {t("start")}
        </Button>
        <Button
          icon={SlidersHorizontal}
          disabled={isPaused}
          onClick={() => {
            setRound(round + 1);
            setIsChoosing(true);
          }}
        >
          {t("choose")}
        </Button>
        <Button
          variant="ghost"
          icon={RotateCw}
          disabled={isPaused}
          pending={again.isPending}
          onClick={() => again.mutate({ params: { id: drill.id }, body: {} })}
        >
          {t("again")}
        </Button>
      </div>
      <p className="mt-2.5 text-xs text-ink-3">{t(isPaused ? "startPaused" : isBlocked ? "startBlocked" : "startHint")}</p>
      <ChooseDialog key={round} drill={drill} open={isChoosing} onOpenChange={setIsChoosing} />
    </Card>
  );
}
