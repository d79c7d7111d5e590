"use client";
/** The months above the lines of a year; a screen reader hears dates with each mark instead. */
import { useLocale } from "next-intl";
import { lineClass, monthNames } from "./year-grid.tsx";

export function YearHead() {
  const locale = useLocale();
  const short = monthNames(locale, "short");
  const narrow = monthNames(locale, "narrow");
  return (
    <div aria-hidden className={lineClass}>
      <span className="max-sm:hidden" />
      <ol className="grid grid-cols-12 text-center text-2xs font-medium text-ink-3">
        {short.map((name, index) => (
          <li key={name} className="pb-1.5">
            <span className="max-sm:hidden">{name}</span>
            <span className="sm:hidden">{narrow[index]}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
