/**
 * `<Facts items={[{ label: "Stored size", value: "152.3 MiB" }]} />`: a list of names and values. `columns={2}` from the middle
 * width up. A value that is not known is `null` and shown as a dash with the words "not known".
 */
import { clsx } from "clsx";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";

export type Fact = { readonly label: ReactNode; readonly value: ReactNode; readonly hint?: ReactNode; readonly key?: string };

export function Facts({ items, columns = 1, className }: { items: readonly Fact[]; columns?: 1 | 2; className?: string }) {
  const t = useTranslations("common");
  return (
    <dl className={clsx("grid gap-x-10", columns === 2 && "lg:grid-cols-2", className)}>
      {items.map((item, index) => (
        <div
          key={item.key ?? (typeof item.label === "string" ? item.label : index)}
          className={clsx(
            "grid grid-cols-[clamp(6.5rem,32%,11rem)_minmax(0,1fr)] items-baseline gap-x-4 border-b border-line/70 py-2 last:border-b-0",
            columns === 2 && "lg:[&:nth-last-child(2):nth-child(odd)]:border-b-0",
          )}
        >
          <dt className="text-[0.8125rem] text-ink-3">{item.label}</dt>
          <dd className="min-w-0 text-sm wrap-anywhere text-ink nums">
            {item.value ?? (
              <>
                <span aria-hidden>–</span>
                <span className="sr-only">{t("notKnown")}</span>
              </>
            )}
            {item.hint ? <span className="block text-xs text-ink-3">{item.hint}</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}
