"use client";
/**
 * `<LinkTabs label="Activity" tabs={[{ href: "/activity", label: "Runs" }]} />`: tabs that are pages (the address tells which).
 * `<Tabs value onValueChange tabs={[{ value, label, content }]} />`: tabs inside a page. Both scroll sideways where it is narrow.
 */
import { Tabs as Base } from "@base-ui/react/tabs";
import { clsx } from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";

const barClass = "-mx-4 flex gap-5 overflow-x-auto border-b border-line px-4 sm:mx-0 sm:px-0 [scrollbar-width:none]";
const tabClass = clsx(
  "relative -mb-px inline-flex shrink-0 items-center gap-2 border-b-2 border-transparent pt-1 pb-2.5 text-sm font-medium whitespace-nowrap text-ink-2",
  "transition-colors hover:text-ink focus-visible:outline-offset-[-2px]",
);
const activeClass = "border-accent! text-ink!";

type LinkTab = { readonly href: string; readonly label: ReactNode; readonly count?: string };

export function LinkTabs({ label, tabs }: { label: string; tabs: readonly LinkTab[] }) {
  const path = usePathname();
  return (
    <nav aria-label={label} className={barClass}>
      {tabs.map((tab) => {
        const active = tab.href === path;
        return (
          <Link
            key={tab.href}
            ref={active ? showWhole : undefined}
            href={tab.href}
            aria-current={active ? "page" : undefined}
            className={clsx(tabClass, active && activeClass)}
          >
            {tab.label}
            {tab.count === undefined ? null : <span className="text-xs text-ink-3 nums">{tab.count}</span>}
          </Link>
        );
      })}
    </nav>
  );
}

/** Where the bar is narrower than its tabs, the present one is scrolled into it; the page stays where it is. */
function showWhole(tab: HTMLElement | null): void {
  const bar = tab?.parentElement;
  if (!tab || !bar) return;
  bar.scrollLeft += Math.max(0, tab.getBoundingClientRect().right - bar.getBoundingClientRect().right + 16);
}

type InnerTab<V extends string> = { readonly value: V; readonly label: ReactNode; readonly count?: string; readonly content: ReactNode };

export function Tabs<V extends string>({
  value,
  onValueChange,
  tabs,
}: {
  value: V;
  onValueChange: (value: V) => void;
  tabs: readonly InnerTab<V>[];
}) {
  return (
    <Base.Root value={value} onValueChange={(next) => onValueChange(next as V)}>
      <Base.List className={barClass}>
        {tabs.map((tab) => (
          <Base.Tab key={tab.value} value={tab.value} className={clsx(tabClass, "data-active:border-accent data-active:text-ink")}>
            {tab.label}
            {tab.count === undefined ? null : <span className="text-xs text-ink-3 nums">{tab.count}</span>}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="pt-5">
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
