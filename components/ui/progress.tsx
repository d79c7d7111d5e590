/**
 * `<Progress label="Bytes" value={done} max={total} text="31 %" />`; `max` null where no honest total is known: the bar then moves
 * without claiming a share. Drawn in SVG, so that no style attribute is needed under the content security policy.
 */
import { clsx } from "clsx";

const fills = { accent: "fill-accent", good: "fill-good-fill", warn: "fill-warn-fill", bad: "fill-bad-fill" } as const;

type ProgressProps = { label: string; value: number; max: number | null; text?: string; tone?: keyof typeof fills; thin?: boolean };

export function Progress({ label, value, max, text, tone = "accent", thin }: ProgressProps) {
  const share = max === null || max <= 0 ? null : Math.min(1, Math.max(0, value / max));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={share === null ? undefined : 0}
      aria-valuemax={share === null ? undefined : 100}
      aria-valuenow={share === null ? undefined : Math.floor(share * 100)}
      aria-valuetext={text}
      className={clsx("w-full overflow-hidden rounded-full bg-line", thin ? "h-1" : "h-2")}
    >
      <svg aria-hidden width="100%" height="100%" className={clsx("block", fills[tone])}>
        {share === null ? (
          <rect width="30%" height="100%" rx="4">
            <animate attributeName="x" values="-30%;100%" dur="1.6s" repeatCount="indefinite" />
          </rect>
        ) : (
          <rect width={`${share * 100}%`} height="100%" rx="4" className="transition-[width] duration-500" />
        )}
      </svg>
    </div>
  );
}
