import type { StripMark } from "./strip-mark.ts";

/** From one day to the next, and how high a strip is, in units of its drawing. A day is five wide. */
export const stripStep = 7;
export const stripHeight = 26;

/** What a path is drawn with. */
export type StripInk = "good" | "bad" | "badDot" | "cross" | "missed" | "socket" | "planned" | "before";
export type StripPath = { readonly ink: StripInk; readonly d: string };

/** The days of a strip as one path for each ink: thirty shapes a row were most of what a page of fifty sources sent. */
export function stripPaths(marks: readonly StripMark[]): StripPath[] {
  const pieces = marks.flatMap((mark, index) => drawMark(mark, index * stripStep));
  return [...Map.groupBy(pieces, ({ ink }) => ink)].map(([ink, same]) => ({ ink, d: same.map(({ d }) => d).join("") }));
}

function drawMark(mark: StripMark, x: number): StripPath[] {
  switch (mark) {
    case "good":
      return [{ ink: "good", d: bar(x, 3) }];
    case "mixed":
      return [
        { ink: "good", d: bar(x, 9) },
        { ink: "badDot", d: dot(x, 4.5, 2.5) },
      ];
    case "late":
      return [
        { ink: "good", d: bar(x, 9) },
        { ink: "missed", d: triangle(x, 7) },
      ];
    case "failed":
      return [
        { ink: "bad", d: bar(x, 17) },
        { ink: "cross", d: `M${round(x + 0.4)} 8.4l4.2 4.2m0-4.2l-4.2 4.2` },
      ];
    case "missed":
      return [
        { ink: "socket", d: outline(x, 19.5, 6) },
        { ink: "missed", d: triangle(x, 16) },
      ];
    case "planned":
      return [{ ink: "planned", d: outline(x, 3.5, stripHeight - 4) }];
    case "none":
      return [{ ink: "socket", d: outline(x, 19.5, 6) }];
    case "before":
      return [{ ink: "before", d: dot(x, 23.5, 1) }];
    default:
      return mark satisfies never;
  }
}

/** A bar from `y` to the bottom; the ink's stroke of three with round joins makes it five wide, with rounded corners. */
function bar(x: number, y: number): string {
  return `M${x + 1.5} ${y + 1.5}h2v${stripHeight - y - 3}h-2z`;
}

/** The outline of a bar of four, as a browser draws a rectangle with rounded corners. */
function outline(x: number, y: number, height: number): string {
  const corner = "a1.5 1.5 0 0 1";
  return `M${x + 2} ${y}h1${corner} 1.5 1.5v${height - 3}${corner}-1.5 1.5h-1${corner}-1.5-1.5v${3 - height}${corner} 1.5-1.5z`;
}

/** A triangle that stands on `y`. */
function triangle(x: number, y: number): string {
  return `M${x + 2.5} ${round(y - 5.4)}l3 5.4h-6z`;
}

function dot(x: number, y: number, radius: number): string {
  return `M${x + 2.5 - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0-${2 * radius} 0z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
