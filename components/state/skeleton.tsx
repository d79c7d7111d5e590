/**
 * Shapes of what is coming, for a cold load only (a refetch keeps what is there): `<PageSkeleton />` as a page's `loading.tsx`,
 * `<RowsSkeleton rows={6} />` in a list, `<Skeleton className="h-4 w-40" />` as a building stone.
 */
import { clsx } from "clsx";
import { useTranslations } from "next-intl";

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={clsx("block animate-pulse-soft rounded-md bg-line/80", className)} />;
}

export function RowsSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div className="divide-y divide-line/70">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="flex items-center gap-6 px-5 py-3.5">
          <Skeleton className="h-4 w-1/4" />
          <Skeleton className="h-4 w-1/6" />
          <Skeleton className="ml-auto h-4 w-1/12" />
        </div>
      ))}
    </div>
  );
}

export function PageSkeleton() {
  const t = useTranslations("common");
  return (
    <div role="status" aria-label={t("loading")} className="flex flex-col gap-6">
      <div className="flex flex-col gap-2">
        <Skeleton className="h-7 w-56" />
        <Skeleton className="h-4 w-80 max-w-full" />
      </div>
      <div className="overflow-hidden rounded-card border border-line bg-surface">
        <RowsSkeleton />
      </div>
    </div>
  );
}
