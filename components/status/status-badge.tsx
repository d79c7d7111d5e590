"use client";
/** `<StatusBadge status={`run.${run.state}`} />`: icon, words and colour from one record. `StatusIcon` where words stand beside it. */
import { clsx } from "clsx";
import { useTranslations } from "next-intl";
import { Badge } from "../ui/badge.tsx";
import { statusRecord, type StatusKey } from "./status-record.tsx";

export function StatusBadge({ status, className }: { status: StatusKey; className?: string }) {
  const t = useTranslations("status");
  const { icon, tone, spin } = statusRecord[status];
  return (
    <Badge tone={tone} icon={icon} spin={spin} className={className}>
      {t(status)}
    </Badge>
  );
}

const inkOf = { neutral: "text-ink-3", accent: "text-accent-ink", good: "text-good", warn: "text-warn", bad: "text-bad" } as const;

/** The icon alone, named for a screen reader unless words follow it (`named={false}`). */
export function StatusIcon({ status, named = true, className }: { status: StatusKey; named?: boolean; className?: string }) {
  const t = useTranslations("status");
  const { icon: Icon, tone, spin } = statusRecord[status];
  return (
    <Icon
      {...(named ? { role: "img", "aria-label": t(status) } : { "aria-hidden": true })}
      className={clsx("size-4 shrink-0", inkOf[tone], spin && "animate-turn", className)}
      strokeWidth={2.1}
    />
  );
}
