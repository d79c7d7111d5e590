/** A mark before a line of "Needs you": the shape tells serious (octagon) from soon (triangle), the colour repeats it. */
import { OctagonAlert, TriangleAlert } from "lucide-react";

export function StatusDot({ tone }: { tone: "bad" | "warn" }) {
  return tone === "bad" ? (
    <OctagonAlert aria-hidden className="size-4.5 shrink-0 text-bad" strokeWidth={2} />
  ) : (
    <TriangleAlert aria-hidden className="size-4.5 shrink-0 text-warn" strokeWidth={2} />
  );
}
