"use client";
/** The one button of a step that is to be done; of one that is done, the quiet way to more of the same. */
import { Database, DatabaseBackup, LifeBuoy, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { StartDrill } from "../drills/start-drill.tsx";
import { useAskBackUp } from "../sources/back-up-dialog.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { DailyTime } from "./daily-time.tsx";
import type { GuideState, GuideStep } from "./guide-state.tsx";

export function GuideAction({ step, state }: { step: GuideStep; state: GuideState }): ReactNode {
  const t = useTranslations("setup.guide");
  const askBackUp = useAskBackUp();
  const isNext = state.next === step;
  switch (step) {
    case "account":
      return null;
    case "server":
      return isNext ? (
        <ButtonLink variant="primary" icon={Plus} href="/settings/servers/new">
          {t("server.action")}
        </ButtonLink>
      ) : null;
    case "databases": {
      const [server] = state.servers;
      if (server === undefined) return null;
      return (
        <ButtonLink
          variant={isNext ? "primary" : "ghost"}
          size={isNext ? "md" : "sm"}
          className={isNext ? undefined : "-ml-2.5"}
          icon={Database}
          href={`/settings/servers/${server.id}/databases`}
        >
          {t(isNext ? "databases.action" : "databases.more")}
        </ButtonLink>
      );
    }
    case "schedule":
      return isNext && state.unscheduled.length > 0 ? <DailyTime sources={state.unscheduled} /> : null;
    case "backup": {
      const { toBackUp } = state;
      if (!isNext || toBackUp === null) return null;
      if (toBackUp.activeRun !== null)
        return (
          <ButtonLink variant="primary" href={`/runs/${toBackUp.activeRun.id}`}>
            {t("watch")}
          </ButtonLink>
        );
      return (
        <>
          <Button variant="primary" icon={DatabaseBackup} onClick={() => askBackUp(toBackUp)}>
            {t("backup.action", { name: toBackUp.name })}
          </Button>
          {toBackUp.lastRun?.state === "failed" ? <ButtonLink href={`/runs/${toBackUp.lastRun.id}`}>{t("backup.why")}</ButtonLink> : null}
        </>
      );
    }
    case "proof": {
      const { backedUp } = state;
      if (!isNext || backedUp === null || backedUp.lastGoodBackupId === null) return null;
      return state.openDrillId === null ? (
        <StartDrill variant="primary" source={backedUp} label={t("proof.action", { name: backedUp.name })} />
      ) : (
        <ButtonLink variant="primary" icon={LifeBuoy} href={`/drills/${state.openDrillId}`}>
          {t("goOnDrill")}
        </ButtonLink>
      );
    }
  }
}
