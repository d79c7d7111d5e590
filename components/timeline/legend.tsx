/** `<Legend items={items} />`: what the shapes on the time line mean; only those that it shows. */
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { PointSymbol, ProofMark } from "./point-mark.tsx";
import { proofOf } from "./proof-of.ts";
import { markShapes, shapeOf, type TimeLineItem } from "./time-line-model.ts";

const proofs = ["verified", "proven", "failed"] as const;

export function Legend({ items, gaps }: { items: readonly TimeLineItem[]; gaps: number }) {
  const t = useTranslations("timeline");
  const points = items.flatMap((item) => (item.type === "point" ? [item.point] : []));
  const shapes = markShapes.filter((shape) => points.some((point) => shapeOf(point) === shape));
  const marks = proofs.filter((proof) => points.some((point) => proofOf(point) === proof));
  return (
    <ul aria-label={t("legend")} className="flex flex-wrap gap-x-4 gap-y-1.5 text-xs text-ink-2">
      {shapes.map((shape) => (
        <Entry key={shape} text={t(`shapes.${shape}`)}>
          <PointSymbol shape={shape} />
        </Entry>
      ))}
      {marks.map((proof) => (
        <Entry key={proof} text={t(`proof.${proof}`)}>
          <svg aria-hidden viewBox="-8 -15 16 16" className="size-4 shrink-0">
            <ProofMark proof={proof} radius={1} />
          </svg>
        </Entry>
      ))}
      {points.length === items.length ? null : (
        <Entry text={t("lanes.missed")}>
          <PointSymbol shape="missed" />
        </Entry>
      )}
      {gaps === 0 ? null : (
        <Entry text={t("gap")}>
          <span aria-hidden className="size-3 rounded-sm border border-warn-fill bg-warn-soft" />
        </Entry>
      )}
    </ul>
  );
}

function Entry({ text, children }: { text: string; children: ReactNode }) {
  return (
    <li className="flex items-center gap-1.5">
      {children}
      {text}
    </li>
  );
}
