/**
 * `<Card title="Tables" actions={<Button/>} description="…">…</Card>`: a bordered section with an `h2`. `flush` lets a table or a
 * list touch the edges. `<Section title>` is the same without a border.
 */
import { clsx } from "clsx";
import type { ReactNode } from "react";

type CardProps = {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  className?: string;
  id?: string;
  children: ReactNode;
};

export function Card({ title, description, actions, flush, className, id, children }: CardProps) {
  return (
    <section id={id} className={clsx("min-w-0 overflow-hidden rounded-card border border-line bg-surface shadow-card", className)}>
      {title ? (
        <Heading title={title} description={description} actions={actions} className="border-b border-line px-4 py-3 sm:px-5" />
      ) : null}
      <div className={clsx(flush ? "" : "px-4 py-4 sm:px-5")}>{children}</div>
    </section>
  );
}

export function Section({ title, description, actions, className, id, children }: CardProps) {
  return (
    <section id={id} className={clsx("min-w-0", className)}>
      {title ? <Heading title={title} description={description} actions={actions} className="mb-3" /> : null}
      {children}
    </section>
  );
}

function Heading({ title, description, actions, className }: Pick<CardProps, "title" | "description" | "actions" | "className">) {
  return (
    <header className={clsx("flex flex-wrap items-center justify-between gap-x-4 gap-y-2 sm:flex-nowrap", className)}>
      <div className="min-w-0">
        <h2 className="text-[0.9375rem] font-semibold tracking-tight text-ink">{title}</h2>
        {description ? <p className="text-[0.8125rem] text-ink-2">{description}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2 sm:max-w-[60%] sm:shrink-0 sm:justify-end">{actions}</div> : null}
    </header>
  );
}
