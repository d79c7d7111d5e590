/**
 * `<Badge tone="warn" icon={TriangleAlert}>below the safe minimum</Badge>`: a small fact. For states use `StatusBadge`, which takes
 * icon, words and colour from one record.
 */
import { clsx } from "clsx";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export const toneClass = {
  neutral: "bg-sunken text-ink-2 border-line",
  accent: "bg-accent-soft text-accent-ink border-transparent",
  good: "bg-good-soft text-good border-transparent",
  warn: "bg-warn-soft text-warn border-transparent",
  bad: "bg-bad-soft text-bad border-transparent",
} as const;
export type Tone = keyof typeof toneClass;

type BadgeProps = { tone?: Tone; icon?: LucideIcon; spin?: boolean; title?: string; className?: string; children: ReactNode };

export function Badge({ tone = "neutral", icon: Icon, spin, title, className, children }: BadgeProps) {
  return (
    <span
      title={title}
      className={clsx(
        "inline-flex h-5.5 max-w-full items-center gap-1 rounded-full border px-2 text-xs font-medium whitespace-nowrap",
        toneClass[tone],
        className,
      )}
    >
      {Icon ? <Icon aria-hidden className={clsx("size-3 shrink-0", spin && "animate-turn")} strokeWidth={2.3} /> : null}
      <span className="truncate">{children}</span>
    </span>
  );
}
