"use client";
/** `<PlaceBadge place="drills" />`: how many drills are overdue, beside (`corner`: upon) the place that leads to them. Nothing else has one. */
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { useLocale, useTranslations } from "next-intl";
import { formatCount } from "#lib/format/number";
import { listDrillPlansQuery } from "#lib/query/drill-plans";
import { useCan } from "./me.tsx";
import type { Place } from "./places.tsx";

export function PlaceBadge({ place, corner }: { place: Place["key"]; corner?: boolean }) {
  return place === "drills" ? <OverdueDrills corner={corner === true} /> : null;
}

const mostShown = 99;

function OverdueDrills({ corner }: { corner: boolean }) {
  const t = useTranslations("shell");
  const locale = useLocale();
  const can = useCan();
  const { data } = useQuery({ ...listDrillPlansQuery({ due: "overdue", limit: 1 }), enabled: can("drills:read") });
  const count = data?.total ?? 0;
  if (count === 0) return null;
  return (
    <span
      className={clsx(
        "grid h-4.5 min-w-4.5 place-items-center rounded-full bg-bad-soft px-1 text-2xs font-semibold text-bad nums",
        corner ? "absolute -top-1.5 left-2.5" : "ml-auto",
      )}
    >
      <span aria-hidden>{count > mostShown ? `${mostShown}+` : formatCount(count, locale)}</span>
      <span className="sr-only">{t("overdue", { count })}</span>
    </span>
  );
}
