"use client";
/** Restore: live, phase by phase, while the recovery clock runs; when it failed, why, and the two ways on. */
import { FileX2, RotateCcw } from "lucide-react";
import { useTranslations } from "next-intl";
import { restoreDrill, type DrillDetailDto } from "#lib/contracts/drills";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { DrillRuns } from "./drill-runs.tsx";
import { useDrillAction } from "./use-drill-action.ts";
import { useMayAct } from "./use-may-act.ts";

export function RestoreStep({ drill, onClose }: { drill: DrillDetailDto; onClose: () => void }) {
  const t = useTranslations("drills.wizard.restore");
  const mayAct = useMayAct(drill);
  const restore = useDrillAction(restoreDrill, drill.id);
  const isPaused = drill.pausedAt !== null;
  return (
    <>
      {drill.state === "restore-failed" ? (
        <Notice
          tone="bad"
          title={t("failed")}
          actions={
            mayAct ? (
              <>
                <Button
                  variant="primary"
                  icon={RotateCcw}
                  disabled={isPaused}
                  pending={restore.isPending}
                  onClick={() => restore.mutate({ params: { id: drill.id } })}
                >
                  {t("again")}
                </Button>
                <Button icon={FileX2} onClick={onClose}>
                  {t("closeFailed")}
                </Button>
              </>
            ) : null
          }
        >
          {t("failedText")}
        </Notice>
      ) : null}
      {drill.state === "restoring" ? <Notice title={t("running")}>{t("runningText")}</Notice> : null}
      <DrillRuns drill={drill} types={["drill-restore"]} />
    </>
  );
}
