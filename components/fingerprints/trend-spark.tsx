"use client";
/** `<TrendSpark trend span label />`: the rows of one table over the days; a ring marks a day with something unusual. The label says it all. */
import { placeTrend, type TableTrend } from "./fingerprint-model.ts";

const width = 240;
const height = 56;
const edge = 6;

type TrendSparkProps = { trend: TableTrend; span: { first: string; last: string }; label: string };

export function TrendSpark({ trend, span, label }: TrendSparkProps) {
  const lines = placeTrend(trend, span).map((line) =>
    line.map(({ day, x, y }) => ({ day, x: edge + x * (width - 2 * edge), y: height - edge - y * (height - 2 * edge) })),
  );
  const last = lines.at(-1)?.at(-1);
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} className="block h-14 w-full" preserveAspectRatio="none">
      <line x1="0" x2={width} y1={height - 1} y2={height - 1} className="stroke-line" vectorEffect="non-scaling-stroke" />
      {lines.map((line) => (
        <polyline
          key={line[0]?.day}
          // A single day is drawn as a short dash: a line of one point has no length.
          points={
            line.length === 1
              ? line.flatMap(({ x, y }) => [`${x - 2},${y}`, `${x + 2},${y}`]).join(" ")
              : line.map(({ x, y }) => `${x},${y}`).join(" ")
          }
          className="fill-none stroke-accent"
          strokeWidth="1.75"
          strokeLinejoin="round"
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      ))}
      {lines
        .flat()
        .map(({ day, x, y }) =>
          trend.marked.includes(day) ? (
            <path
              key={day}
              d={`M${x} ${y}h0`}
              className="stroke-warn-fill"
              strokeWidth="9"
              strokeLinecap="round"
              vectorEffect="non-scaling-stroke"
            />
          ) : null,
        )}
      {last === undefined || trend.marked.includes(last.day) ? null : (
        <path
          d={`M${last.x} ${last.y}h0`}
          className="stroke-accent"
          strokeWidth="6"
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}
