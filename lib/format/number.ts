/** A whole number with the locale's digit grouping: `104,233`. */
export function formatCount(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(value);
}

/** A number with exactly `digits` decimals, as the locale writes it: `12.5`, `12,5`. */
export function formatDecimal(value: number, digits: number, locale: string): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** A share of 0 to 1 as whole percent. Rounds down, so that 100 % means all of it. */
export function formatPercent(share: number, locale: string): string {
  const whole = Math.floor(Math.min(1, Math.max(0, share)) * 100);
  return `${formatCount(whole, locale)}\u00A0%`;
}
