"use client";
/** What stands above every step: why a drill does not go on, that it is paused, in other hands, goes on by itself, or was aborted. */
import { Play, RotateCcw, UserRoundCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { handOverDrill, restoreDrill, resumeDrill, type DrillDetailDto } from "#lib/contracts/drills";
import { isDrillOpen } from "#lib/domain/drill-state";
import { useCan, useMe } from "../shell/me.tsx";
import { ReasonText } from "../state/reason.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { CleanUpProof } from "./clean-up-proof.tsx";
import { eventNote } from "./event-text.ts";
import { useDrillAction } from "./use-drill-action.ts";
import { useMayAct } from "./use-may-act.ts";

export function DrillNotices({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.notices");
  const isOpen = isDrillOpen(drill.state);
  return (
    <div className="flex flex-col gap-3 empty:hidden">
      {drill.problem === null || !isOpen ? null : (
        <Notice
          tone={drill.state === "restore-failed" ? "bad" : "warn"}
          live
          title={t("problem")}
          actions={drill.state === "validating" && drill.problem.code === "copy-gone" ? <RestoreAgain drill={drill} /> : null}
        >
          <ReasonText reason={drill.problem} />
        </Notice>
      )}
      {drill.pausedAt === null ? null : <Paused drill={drill} since={drill.pausedAt} />}
      {isOpen ? <Operator drill={drill} /> : null}
      {drill.unattended && isOpen ? <Notice title={t("unattended")}>{t("unattendedText")}</Notice> : null}
      {drill.state === "aborted" || drill.state === "aborting" ? <Aborted drill={drill} /> : null}
    </div>
  );
}

function Paused({ drill, since }: { drill: DrillDetailDto; since: string }) {
  const t = useTranslations("drills.wizard.notices");
  const mayAct = useMayAct(drill);
  const resume = useDrillAction(resumeDrill, drill.id);
  const event = drill.events.findLast(({ code }) => code === "paused");
  const note = event === undefined ? null : eventNote(event);
  return (
    <Notice
      tone="warn"
      title={t.rich("paused", { name: event?.actorName ?? drill.operatorName, age: () => <RelativeTime at={since} /> })}
      actions={
        mayAct ? (
          <Button size="sm" icon={Play} pending={resume.isPending} onClick={() => resume.mutate({ params: { id: drill.id } })}>
            {t("resume")}
          </Button>
        ) : null
      }
    >
      {note === null ? t("pausedText") : `“${note}” · ${t("pausedText")}`}
    </Notice>
  );
}

/** The copy is gone while it was looked at: its server was killed, or its file removed. */
function RestoreAgain({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.restore");
  const mayAct = useMayAct(drill);
  const restore = useDrillAction(restoreDrill, drill.id);
  if (!mayAct) return null;
  return (
    <Button
      size="sm"
      icon={RotateCcw}
      disabled={drill.pausedAt !== null || drill.activeRunId !== null}
      pending={restore.isPending}
      onClick={() => restore.mutate({ params: { id: drill.id } })}
    >
      {t("again")}
    </Button>
  );
}

function Operator({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.notices");
  const can = useCan();
  const me = useMe();
  const take = useDrillAction(handOverDrill, drill.id);
  if (drill.operatorId === null || drill.operatorId === me.id) return null;
  return (
    <Notice
      title={t("operator", { name: drill.operatorName })}
      actions={
        can("drills:operate") && me.type === "user" ? (
          <Button
            size="sm"
            icon={UserRoundCheck}
            pending={take.isPending}
            onClick={() => take.mutate({ params: { id: drill.id }, body: { userId: me.id } })}
          >
            {t("take")}
          </Button>
        ) : null
      }
    >
      {t("operatorText")}
    </Notice>
  );
}

function Aborted({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.notices");
  const event = drill.events.findLast(({ code }) => code === "aborting");
  const note = event === undefined ? null : eventNote(event);
  const isOver = drill.state === "aborted";
  return (
    <Notice
      title={t(isOver ? "aborted" : "aborting", { name: event?.actorName ?? drill.operatorName })}
      actions={
        isOver ? (
          <ButtonLink size="sm" href={`/sources/${drill.sourceId}?tab=drill`}>
            {t("toSource")}
          </ButtonLink>
        ) : null
      }
    >
      <div className="flex flex-col gap-2">
        {note === null ? null : <p>“{note}”</p>}
        {isOver ? <p>{t("abortedText")}</p> : <p>{t("abortingText")}</p>}
        {drill.cleanUp === null ? null : <CleanUpProof cleanUp={drill.cleanUp} />}
      </div>
    </Notice>
  );
}
