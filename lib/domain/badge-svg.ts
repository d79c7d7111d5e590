import type { SourceLevel } from "./source-level.ts";

/** White on these passes 4.5 to 1, so that the word can be read; it says what the colour says. */
export const badgeColours: Readonly<Record<SourceLevel, string>> = {
  good: "#1f7a3d",
  attention: "#8a5a00",
  bad: "#b3261e",
  paused: "#5f6368",
};
const labelColour = "#444b54";

const height = 20;
const padding = 7;
/** Letters of a field that a badge shows. */
const longestText = 60;

/** Estimated width in pixels of 11 px Verdana; `textLength` makes the text fit whatever font draws it. */
function widthOf(text: string): number {
  return Array.from(text).reduce(
    (sum, letter) => sum + (/[ilj.,:;'|!]/.test(letter) ? 4 : /[mwMW@]/.test(letter) ? 10 : letter > "\u2E7F" ? 12 : 7),
    0,
  );
}

function escapeXml(text: string): string {
  // Control characters may not stand in XML at all.
  const shown = Array.from(text)
    .filter((letter) => letter >= " " && letter !== "\u007F")
    .join("");
  return shown.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function shortened(text: string): string {
  const letters = Array.from(text);
  return letters.length <= longestText ? text : `${letters.slice(0, longestText - 1).join("")}…`;
}

/** A flat badge of two fields: whose state it is, and the state in words. Nothing in it comes from elsewhere or runs. */
export function badgeSvg({
  label,
  message,
  level,
}: {
  readonly label: string;
  readonly message: string;
  readonly level: SourceLevel;
}): string {
  const [left, right] = [shortened(label), shortened(message)];
  const [leftText, rightText] = [widthOf(left), widthOf(right)];
  const [leftWidth, rightWidth] = [leftText + 2 * padding, rightText + 2 * padding];
  const width = leftWidth + rightWidth;
  const text = (x: number, length: number, value: string) =>
    `<text x="${x}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escapeXml(value)}</text>`;
  const title = escapeXml(`${left}: ${right}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<clipPath id="r"><rect width="${width}" height="${height}" rx="3"/></clipPath>`,
    `<g clip-path="url(#r)"><rect width="${leftWidth}" height="${height}" fill="${labelColour}"/>`,
    `<rect x="${leftWidth}" width="${rightWidth}" height="${height}" fill="${badgeColours[level]}"/></g>`,
    `<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">`,
    text(padding, leftText, left),
    text(leftWidth + padding, rightText, right),
    "</g></svg>",
  ].join("");
}
