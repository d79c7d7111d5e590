"use client";
/** Close: the form before, the clean-up while it runs, and what came out of it afterwards. */
import { useTranslations } from "next-intl";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { PageSkeleton } from "../state/skeleton.tsx";
import { Notice } from "../ui/notice.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { ClosedSummary } from "./closed-summary.tsx";
import { ClosingForm } from "./closing-form.tsx";
import { DrillRuns } from "./drill-runs.tsx";
import { useMayAct } from "./use-may-act.ts";

export function CloseStep({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.close");
  const mayAct = useMayAct(drill);
  // What was written so far is kept by the browser, so the form waits for it.
  const isHydrated = useHydrated();
  switch (drill.state) {
    case "closed":
      return (
        <>
          <ClosedSummary drill={drill} />
          <DrillRuns drill={drill} types={["drill-close"]} />
        </>
      );
    case "closing":
      return (
        <>
          <Notice title={t("closing")}>{t("closingText")}</Notice>
          <DrillRuns drill={drill} types={["drill-close"]} />
        </>
      );
    case "validating":
    case "restore-failed":
      if (!mayAct) return <Notice>{t("notYours")}</Notice>;
      return isHydrated ? <ClosingForm drill={drill} /> : <PageSkeleton />;
    case "preparing":
    case "prepared":
    case "restoring":
    case "aborting":
    case "aborted":
      return null;
  }
}
