"use client";
/**
 * On the overview while first run is not complete: how far it is, the next step and the way on. It can be sent away for this browser; the
 * guide itself stays where it is (`/start`, in the command menu).
 */
import { useQuery } from "@tanstack/react-query";
import { LifeBuoy, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { listSourcesQuery } from "#lib/query/sources";
import { rememberChoice } from "../shell/browser-cookie.tsx";
import { useCan } from "../shell/me.tsx";
import { ButtonLink, IconButton } from "../ui/button.tsx";
import { Progress } from "../ui/progress.tsx";
import { guideCookie, guideQueries } from "./guide-queries.tsx";
import { guideSteps, isFirstRunOver } from "./guide-state.tsx";
import { useGuide } from "./use-guide.ts";

export function GuideCard({ isDismissed }: { isDismissed: boolean }) {
  const t = useTranslations("setup.guide");
  const can = useCan();
  const [isGone, setIsGone] = useState(isDismissed);
  const sources = useQuery(listSourcesQuery(guideQueries.sources));
  const isShown = !isGone && can("servers:write") && sources.data !== undefined && !isFirstRunOver(sources.data);
  const { state } = useGuide(isShown);
  if (!isShown || state === undefined || state.next === null) return null;
  const dismiss = () => {
    rememberChoice(guideCookie, "dismissed");
    setIsGone(true);
    document.getElementById("content")?.focus();
  };
  const text = t("progress", { done: state.doneCount, total: guideSteps.length });
  return (
    <section
      aria-label={t("title")}
      className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-card border border-line bg-surface px-4 py-3.5 shadow-card sm:flex-nowrap sm:px-5"
    >
      <LifeBuoy aria-hidden className="size-5 shrink-0 text-accent-ink" strokeWidth={1.8} />
      <div className="min-w-0 flex-1 basis-56">
        <p className="text-sm font-medium">
          {t("title")} <span className="font-normal text-ink-3 nums">· {text}</span>
        </p>
        <p className="text-[0.8125rem] text-ink-2">{t("nextStep", { step: t(`${state.next}.title`) })}</p>
        <div className="mt-2 max-w-72">
          <Progress thin label={t("title")} value={state.doneCount} max={guideSteps.length} text={text} />
        </div>
      </div>
      <ButtonLink href="/start">{t("continue")}</ButtonLink>
      <IconButton icon={X} label={t("dismiss")} onClick={dismiss} />
    </section>
  );
}
