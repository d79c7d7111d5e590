/**
 * The shape of a restore point, drawn around the origin: a full is a square, a synthetic full a square in a square, an imported one a
 * triangle that comes in, a differential a diamond, an incremental a disc, a missed run a cross. `PointSymbol` is one on its own.
 */
import { clsx } from "clsx";
import type { MarkShape } from "./time-line-model.ts";

type MarkProps = { shape: MarkShape | "missed"; radius: number; blocked?: boolean };

export function PointMark({ shape, radius: r, blocked }: MarkProps) {
  const fill = blocked ? "fill-surface stroke-bad-fill" : "fill-accent stroke-surface";
  const line = blocked ? 1.8 : 1.2;
  switch (shape) {
    case "full":
      return <rect x={-r} y={-r} width={2 * r} height={2 * r} rx={r / 4} className={fill} strokeWidth={line} />;
    case "synthetic":
      return (
        <>
          <rect
            x={-r}
            y={-r}
            width={2 * r}
            height={2 * r}
            rx={r / 4}
            className={clsx("fill-surface", blocked ? "stroke-bad-fill" : "stroke-accent")}
            strokeWidth={1.8}
          />
          <rect x={-r / 2.4} y={-r / 2.4} width={r / 1.2} height={r / 1.2} className={blocked ? "fill-bad-fill" : "fill-accent"} />
        </>
      );
    case "imported":
      return <path d={`M${-r * 1.15} ${-r}H${r * 1.15}L0 ${r * 1.1}Z`} className={fill} strokeWidth={line} strokeLinejoin="round" />;
    case "differential":
      return <path d={`M0 ${-r * 1.3}L${r * 1.3} 0L0 ${r * 1.3}L${-r * 1.3} 0Z`} className={fill} strokeWidth={line} />;
    case "incremental":
      return <circle r={r} className={fill} strokeWidth={line} />;
    case "missed":
      return (
        <path
          d={`M${-r * 0.8} ${-r * 0.8}L${r * 0.8} ${r * 0.8}M${r * 0.8} ${-r * 0.8}L${-r * 0.8} ${r * 0.8}`}
          className="fill-none stroke-bad-fill"
          strokeWidth={2.2}
          strokeLinecap="round"
        />
      );
  }
}

/** What the meter tells, above a mark: one tick for verified, a shield for proven, a cross for what failed or cannot be restored. */
export function ProofMark({ proof, radius: r }: { proof: "verified" | "proven" | "failed"; radius: number }) {
  const y = -r * 1.3 - 6;
  switch (proof) {
    case "verified":
      return (
        <path
          d={`M-3.4 ${y}l2.4 2.6l4.4 -5`}
          className="fill-none stroke-good"
          strokeWidth={1.8}
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      );
    case "proven":
      return <path d={`M0 ${y - 5}l4.2 1.6v3c0 2.6 -1.8 4.2 -4.2 5c-2.4 -.8 -4.2 -2.4 -4.2 -5v-3z`} className="fill-good-fill" />;
    case "failed":
      return <path d={`M-2.8 ${y - 2.8}l5.6 5.6m0 -5.6l-5.6 5.6`} className="stroke-bad-fill" strokeWidth={1.8} strokeLinecap="round" />;
  }
}

export function PointSymbol({ shape, blocked }: Omit<MarkProps, "radius">) {
  return (
    <svg aria-hidden viewBox="-9 -9 18 18" className="size-4 shrink-0">
      <PointMark shape={shape} radius={5.5} blocked={blocked} />
    </svg>
  );
}
