/** `<EmptyState icon={Database} title="No sources yet" actions={<ButtonLink …/>}>what to do</EmptyState>`: says what comes next. */
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

type EmptyStateProps = { icon: LucideIcon; title: ReactNode; children?: ReactNode; actions?: ReactNode };

export function EmptyState({ icon: Icon, title, children, actions }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center">
      <span className="grid size-11 place-items-center rounded-full bg-accent-soft text-accent-ink">
        <Icon aria-hidden className="size-5" strokeWidth={1.8} />
      </span>
      <p className="mt-4 text-base font-semibold tracking-tight text-ink">{title}</p>
      {children ? <div className="mt-1 max-w-md text-sm text-balance text-ink-2">{children}</div> : null}
      {actions ? <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </div>
  );
}
