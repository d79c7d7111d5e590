/** The lifebuoy, and the wordmark beside it. Decorative: the link or heading around it carries the name. */
export function Mark({ className = "size-6" }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={className}>
      <circle cx="16" cy="16" r="10" fill="none" strokeWidth="8" className="stroke-surface" />
      <circle
        cx="16"
        cy="16"
        r="10"
        fill="none"
        strokeWidth="8"
        strokeDasharray="10.2 5.508"
        strokeDashoffset="5.1"
        className="stroke-signal"
      />
      <circle cx="16" cy="16" r="14.25" fill="none" strokeWidth="1" className="stroke-ink/30" />
      <circle cx="16" cy="16" r="5.75" fill="none" strokeWidth="1" className="stroke-ink/30" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="flex items-center gap-2.5">
      <Mark />
      <span className="text-[0.9375rem] font-semibold tracking-tight text-ink">Lifeboat</span>
    </span>
  );
}
