const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;

/** Seconds of an age such as `7d`: a whole number and s, m, h, d or w. Null for anything else. */
export function parseMaxAge(text: string): number | null {
  const [, digits, unit] = /^([1-9]\d{0,6})([smhdw])$/.exec(text) ?? [];
  return digits === undefined ? null : Number(digits) * unitSeconds[unit as keyof typeof unitSeconds];
}
