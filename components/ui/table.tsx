/**
 * Plain table parts for small fixed tables (facts, comparison): `<TableFrame><thead><tr><Th>…</Th></tr></thead>…`. Lists with
 * sorting, filters and pages use `DataTable`. `num` sets a cell right-aligned in tabular figures.
 */
import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";

export function TableFrame({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  return (
    <div className={clsx("overflow-x-auto", className)} role="region" aria-label={label} tabIndex={0}>
      <table className="w-full border-collapse text-left text-sm">{children}</table>
    </div>
  );
}

export const headClass = "h-9 px-3 text-xs font-medium whitespace-nowrap text-ink-3 first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5";
export const cellClass = "px-3 py-2.5 align-middle text-ink first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5";

export function Th({ num, className, ...rest }: ComponentProps<"th"> & { num?: boolean }) {
  return <th scope="col" {...rest} className={clsx(headClass, "border-b border-line", num && "text-right", className)} />;
}

export function Td({ num, className, ...rest }: ComponentProps<"td"> & { num?: boolean }) {
  return <td {...rest} className={clsx(cellClass, "border-b border-line/70", num && "text-right nums", className)} />;
}
