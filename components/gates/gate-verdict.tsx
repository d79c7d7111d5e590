"use client";
/** The one thing that a deployment asks: may it go on. Big, in words, with an icon of its own shape, and why not. */
import { clsx } from "clsx";
import { Hourglass, OctagonX, ShieldCheck, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import type { GateDto } from "#lib/contracts/gates";
import { isGateOver } from "#lib/domain/gate-state";
import { useReasonText } from "../state/reason.tsx";

type Look = "passed" | "failed" | "waiting";

const looks: Record<Look, { icon: LucideIcon; box: string; mark: string }> = {
  passed: { icon: ShieldCheck, box: "border-good-fill/35 bg-good-soft", mark: "text-good" },
  failed: { icon: OctagonX, box: "border-bad-fill/35 bg-bad-soft", mark: "text-bad" },
  waiting: { icon: Hourglass, box: "border-line bg-surface", mark: "text-accent-ink" },
};

export function GateVerdict({ gate }: { gate: GateDto }) {
  const t = useTranslations("gates");
  const tell = useReasonText();
  const { state, error, mayDeploy, checker } = gate;
  const look: Look = mayDeploy ? "passed" : isGateOver(state) ? "failed" : "waiting";
  const { icon: Icon, box, mark } = looks[look];
  const why = error === null ? null : tell(error);
  return (
    <section aria-live="polite" className={clsx("flex items-center gap-4 rounded-card border px-5 py-5 shadow-card sm:gap-5 sm:px-6", box)}>
      <Icon aria-hidden className={clsx("size-10 shrink-0 sm:size-12", mark)} strokeWidth={1.7} />
      <div className="min-w-0">
        <p className={clsx("text-2xl leading-8 font-semibold tracking-tight sm:text-[1.75rem] sm:leading-9", mark)}>
          {t(`verdict.${look}`)}
        </p>
        <p className="mt-0.5 text-sm text-ink">
          {why === null ? t(`verdictText.${state === "passed" && checker === "none" ? "passedNoCheck" : state}`) : why.message}
        </p>
        {why === null ? null : <p className="text-[0.8125rem] text-ink-2">{why.hint}</p>}
      </div>
    </section>
  );
}
