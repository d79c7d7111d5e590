"use client";
/** Pause, resume, hand over, abort; of a drill that is over, the ways on. Nothing for whom it is not allowed. */
import { CircleStop, Ellipsis, FileCheck2, Pause, Play, UserRoundPen } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { resumeDrill, type DrillDetailDto } from "#lib/contracts/drills";
import { isDrillOpen } from "#lib/domain/drill-state";
import { Button, ButtonLink, IconButton } from "../ui/button.tsx";
import { Menu, type MenuEntry } from "../ui/menu.tsx";
import { AbortDrill } from "./abort-drill.tsx";
import { HandOver } from "./hand-over.tsx";
import { PauseDrill } from "./pause-drill.tsx";
import { useDrillAction } from "./use-drill-action.ts";
import { useMayAct } from "./use-may-act.ts";

export function DrillActions({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.actions");
  const mayAct = useMayAct(drill);
  const [dialog, setDialog] = useState<"pause" | "hand-over" | "abort" | null>(null);
  const [round, setRound] = useState(0);
  const resume = useDrillAction(resumeDrill, drill.id);
  if (!isDrillOpen(drill.state)) return <Ways drill={drill} />;
  if (!mayAct || drill.state === "closing" || drill.state === "aborting") return null;
  const ask = (which: typeof dialog): void => {
    setRound(round + 1);
    setDialog(which);
  };
  const state = (which: typeof dialog) => ({
    drill,
    open: dialog === which,
    onOpenChange: (open: boolean) => setDialog(open ? which : null),
  });
  const items: MenuEntry[] = [
    { label: t("handOver"), hint: t("handOverHint"), icon: UserRoundPen, onSelect: () => ask("hand-over") },
    "line",
    { label: t("abort"), hint: t("abortHint"), icon: CircleStop, danger: true, onSelect: () => ask("abort") },
  ];
  return (
    <>
      {drill.pausedAt === null ? (
        <Button icon={Pause} onClick={() => ask("pause")}>
          {t("pause")}
        </Button>
      ) : (
        <Button icon={Play} pending={resume.isPending} onClick={() => resume.mutate({ params: { id: drill.id } })}>
          {t("resume")}
        </Button>
      )}
      <Menu trigger={<IconButton label={t("more")} icon={Ellipsis} variant="secondary" tooltip={false} />} items={items} />
      <PauseDrill key={`pause-${round}`} {...state("pause")} />
      <HandOver key={`hand-over-${round}`} {...state("hand-over")} />
      <AbortDrill key={`abort-${round}`} {...state("abort")} />
    </>
  );
}

function Ways({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.actions");
  return drill.reportId === null ? null : (
    <ButtonLink variant="primary" icon={FileCheck2} href={`/drills/${drill.id}/report`}>
      {t("report")}
    </ButtonLink>
  );
}
