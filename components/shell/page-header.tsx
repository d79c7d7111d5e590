/**
 * `<PageHeader title="shop" crumbs={[{ href: "/sources", label: "Sources" }]} badges={…} description="…" actions={…} />`: the one `h1`,
 * the way back, and the page's primary action.
 */
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";

type Crumb = { readonly href: string; readonly label: ReactNode };
type PageHeaderProps = { title: ReactNode; crumbs?: readonly Crumb[]; badges?: ReactNode; description?: ReactNode; actions?: ReactNode };

const noCrumbs: readonly Crumb[] = [];

export function PageHeader({ title, crumbs = noCrumbs, badges, description, actions }: PageHeaderProps) {
  const t = useTranslations("shell");
  return (
    <header className="flex flex-col gap-2">
      {crumbs.length > 0 ? (
        <nav aria-label={t("breadcrumbs")}>
          <ol className="flex flex-wrap items-center gap-1 text-[0.8125rem] text-ink-3">
            {crumbs.map((crumb) => (
              <li key={crumb.href} className="flex min-w-0 items-center gap-1">
                <Link href={crumb.href} className="max-w-72 truncate rounded py-0.5 hover:text-ink hover:underline">
                  {crumb.label}
                </Link>
                <ChevronRight aria-hidden className="size-3.5 shrink-0 opacity-60" />
              </li>
            ))}
            <li aria-current="page" className="max-w-72 truncate py-0.5 text-ink-2">
              {title}
            </li>
          </ol>
        </nav>
      ) : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <h1 className="text-[1.5rem] leading-8 font-semibold tracking-[-0.018em] wrap-anywhere text-ink">{title}</h1>
            {badges}
          </div>
          {description ? <div className="mt-1 max-w-3xl text-sm text-ink-2">{description}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}
