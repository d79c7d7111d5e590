/**
 * `<Notice tone="warn" title="Below the safe minimum" actions={<Button/>}>What to do.</Notice>`: something to know, in place.
 * `live` for one that appears after an action, so that it is spoken.
 */
import { clsx } from "clsx";
import { CircleAlert, CircleCheck, Info, TriangleAlert, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

const looks = {
  info: { icon: Info, box: "border-line bg-sunken", mark: "text-accent-ink" },
  good: { icon: CircleCheck, box: "border-good-fill/35 bg-good-soft", mark: "text-good" },
  warn: { icon: TriangleAlert, box: "border-warn-fill/40 bg-warn-soft", mark: "text-warn" },
  bad: { icon: CircleAlert, box: "border-bad-fill/35 bg-bad-soft", mark: "text-bad" },
} as const satisfies Record<string, { icon: LucideIcon; box: string; mark: string }>;

type NoticeProps = {
  tone?: keyof typeof looks;
  title?: ReactNode;
  actions?: ReactNode;
  live?: boolean;
  className?: string;
  children?: ReactNode;
};

export function Notice({ tone = "info", title, actions, live, className, children }: NoticeProps) {
  const { icon: Icon, box, mark } = looks[tone];
  return (
    <div role={live ? "alert" : undefined} className={clsx("flex items-start gap-3 rounded-lg border px-3.5 py-3 text-sm", box, className)}>
      <Icon aria-hidden className={clsx("mt-0.5 size-4 shrink-0", mark)} />
      <div className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          {title ? <p className="font-medium text-ink">{title}</p> : null}
          {children ? <div className="text-ink-2">{children}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </div>
  );
}
