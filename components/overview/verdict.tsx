"use client";
/** The one sentence on top: can everything be restored, as far as was really looked. */
import { clsx } from "clsx";
import { CircleAlert, CircleCheck, LifeBuoy, Plus, TriangleAlert, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import type { OverviewDto } from "#lib/contracts/system";
import { useCan } from "../shell/me.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";

type VerdictDto = OverviewDto["verdict"];

const looks: Record<VerdictDto["level"], { icon: LucideIcon; mark: string }> = {
  good: { icon: CircleCheck, mark: "bg-good-soft text-good" },
  attention: { icon: TriangleAlert, mark: "bg-warn-soft text-warn" },
  bad: { icon: CircleAlert, mark: "bg-bad-soft text-bad" },
  empty: { icon: LifeBuoy, mark: "bg-accent-soft text-accent-ink" },
};

export function Verdict({ verdict, hasSample }: { verdict: VerdictDto; hasSample: boolean }) {
  const t = useTranslations("overview");
  const can = useCan();
  // The sample never counts, but to say "nothing" above its row would not be true either.
  const isOnlySample = verdict.code === "no-sources" && hasSample;
  const { icon: Icon, mark } = looks[verdict.level];
  const { oldestProofAt } = verdict;
  const isProven = verdict.proven === verdict.sources;
  const age = () => <RelativeTime at={oldestProofAt} className="nums" />;
  return (
    <header className="flex flex-wrap items-start gap-4 pt-1 pb-1 sm:flex-nowrap sm:items-center">
      <span className={clsx("grid size-12 shrink-0 place-items-center rounded-full", mark)}>
        <Icon aria-hidden className="size-6" strokeWidth={1.8} />
      </span>
      <div className="min-w-0 flex-1 basis-64">
        <h1 className="text-[1.375rem] leading-7 font-semibold tracking-[-0.018em] text-balance sm:text-[1.625rem] sm:leading-8">
          {t(`verdict.${isOnlySample ? "only-sample" : verdict.code}`, { sources: verdict.sources, affected: verdict.affected })}
        </h1>
        <p className="mt-1 text-sm text-ink-2">
          {verdict.level === "empty" ? (
            t(isOnlySample ? "sampleOnly" : "nothingYet")
          ) : (
            <>
              {oldestProofAt === null ? null : <>{t.rich(isProven ? "oldestProven" : "oldestProof", { age })}. </>}
              {verdict.proven === 0 ? t("neverProven") : isProven ? null : t("someProven", { unproven: verdict.sources - verdict.proven })}
              {verdict.paused === 0 ? null : <> {t("somePaused", { paused: verdict.paused })}</>}
            </>
          )}
        </p>
      </div>
      {isOnlySample && can("servers:write") ? (
        <ButtonLink variant="primary" icon={Plus} href="/settings/servers/new">
          {t("addServer")}
        </ButtonLink>
      ) : null}
    </header>
  );
}
