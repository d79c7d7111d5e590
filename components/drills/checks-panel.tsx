"use client";
/** `<ChecksPanel drill onClose />`: every check with what was expected and found; all of them again, or one; then on to closing. */
import { ArrowRight, RefreshCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { runDrillChecks, type DrillDetailDto } from "#lib/contracts/drills";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { CheckRow } from "./check-row.tsx";
import { checkTally } from "./check-tally.ts";
import { useDrillAction } from "./use-drill-action.ts";
import { useMayAct } from "./use-may-act.ts";

export function ChecksPanel({ drill, onClose }: { drill: DrillDetailDto; onClose: () => void }) {
  const t = useTranslations("drills.wizard.checks");
  const mayAct = useMayAct(drill);
  const run = useDrillAction(runDrillChecks, drill.id);
  const isOpen = drill.state === "validating";
  const isBusy = drill.activeRunId !== null;
  const canAct = isOpen && mayAct;
  const tally = checkTally(drill.checks);
  const checks = drill.checks.toSorted((a, b) => a.ordinal - b.ordinal);
  return (
    <>
      <Card
        flush
        title={t("title")}
        description={
          <span role="status" aria-live="polite">
            {t("tally", { ...tally })}
          </span>
        }
        actions={
          canAct ? (
            <Button
              icon={RefreshCw}
              disabled={isBusy || drill.pausedAt !== null}
              pending={run.isPending}
              onClick={() => run.mutate({ params: { id: drill.id }, body: {} })}
            >
              {t("runAll", { count: tally.automatic })}
            </Button>
          ) : null
        }
      >
        <ul className="divide-y divide-line/70">
          {checks.map((check) => (
            <CheckRow
              key={check.key}
              drill={drill}
              check={check}
              canAct={canAct}
              isBusy={isBusy || run.isPending}
              onRun={() => run.mutate({ params: { id: drill.id }, body: { keys: [check.key] } })}
            />
          ))}
        </ul>
      </Card>
      {canAct ? <Onwards drill={drill} isBusy={isBusy} onClose={onClose} /> : null}
    </>
  );
}

function Onwards({ drill, isBusy, onClose }: { drill: DrillDetailDto; isBusy: boolean; onClose: () => void }) {
  const t = useTranslations("drills.wizard.checks");
  const { undecided, mandatoryFailed } = checkTally(drill.checks);
  const isGood = undecided === 0 && mandatoryFailed === 0;
  return (
    <Notice
      tone={isGood ? "good" : mandatoryFailed > 0 ? "bad" : "info"}
      title={
        isBusy
          ? t("busy")
          : isGood
            ? t("allGood")
            : mandatoryFailed > 0
              ? t("someFailed", { count: mandatoryFailed })
              : t("undecided", { count: undecided })
      }
      actions={
        <Button variant={isGood ? "primary" : "secondary"} icon={ArrowRight} disabled={isBusy} onClick={onClose}>
          {t("toClose")}
        </Button>
      }
    >
      {t(isGood ? "allGoodText" : mandatoryFailed > 0 ? "someFailedText" : "undecidedText")}
    </Notice>
  );
}
