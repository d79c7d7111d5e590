"use client";
/** `<DueMark isPast text />`: the day on which a drill is due: a hollow diamond, filled once it has passed. */
import { clsx } from "clsx";

export function DueMark({ isPast, text }: { isPast: boolean; text?: string }) {
  return (
    <svg
      {...(text === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": text })}
      viewBox="0 0 12 12"
      className="block size-3 shrink-0 max-sm:size-2.5"
    >
      {text === undefined ? null : <title>{text}</title>}
      <path
        d="M6 1.2 10.8 6 6 10.8 1.2 6Z"
        className={clsx(isPast ? "fill-warn-fill stroke-warn-fill" : "fill-surface stroke-ink-2")}
        strokeWidth={1.4}
        strokeLinejoin="round"
      />
    </svg>
  );
}
