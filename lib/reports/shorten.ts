/** The beginning of a text of at most `most` characters; what is missing is shown by an ellipsis. Never cuts a surrogate pair. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text
    .slice(0, Math.max(0, most - 1))
    .replace(/[\uD800-\uDBFF]$/u, "")
    .trimEnd()}…`;
}
