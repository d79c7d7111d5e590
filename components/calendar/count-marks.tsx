"use client";
/** `<CountMarks counts />`: how many of each, as signs with numbers; `useCountText` says the same in words. */
import { clsx } from "clsx";
import { useLocale, useTranslations } from "next-intl";
import { useCallback } from "react";
import { formatCount } from "#lib/format/number";
import { StatusIcon } from "../status/status-badge.tsx";
import type { StatusKey } from "../status/status-record.tsx";
import { countNames, type DayCounts } from "./month-model.ts";

const looks: Record<keyof DayCounts, StatusKey> = {
  failed: "slot.failed",
  missed: "slot.missed",
  active: "slot.started",
  done: "slot.done",
  planned: "slot.planned",
  skipped: "slot.skipped",
};

export function CountMarks({ counts, className }: { counts: DayCounts; className?: string }) {
  const locale = useLocale();
  return (
    <span aria-hidden className={clsx("flex flex-wrap gap-x-2.5 gap-y-0.5 text-xs nums", className)}>
      {countNames.map((name) =>
        counts[name] === 0 ? null : (
          <span
            key={name}
            className={clsx(
              "inline-flex items-center gap-1",
              name === "failed" || name === "missed" ? "font-medium text-bad" : "text-ink-2",
            )}
          >
            <StatusIcon status={looks[name]} named={false} className="size-3.5!" />
            {formatCount(counts[name], locale)}
          </span>
        ),
      )}
    </span>
  );
}

/** `3 done, 1 missed`; `nothing` for none. */
export function useCountText(): (counts: DayCounts) => string {
  const t = useTranslations("calendar");
  return useCallback(
    (counts) => {
      const told = countNames.flatMap((name) => (counts[name] === 0 ? [] : [t(`counts.${name}`, { count: counts[name] })]));
      return told.length === 0 ? t("nothing") : told.join(", ");
    },
    [t],
  );
}
