import { formatCount, formatDecimal } from "./number.ts";

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Bytes in binary units with one decimal (`152.3 MiB`); below one KiB the exact number (`512 B`). */
export function formatBytes(bytes: number, locale: string): string {
  let value = bytes;
  let unit = 0;
  // 1023.95 would be rounded up to "1024.0" and belongs to the next unit.
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const number = unit === 0 ? formatCount(value, locale) : formatDecimal(value, 1, locale);
  return `${number}\u00A0${units[unit]}`;
}

/** A rate in bytes a second: `31.0 MiB/s`. */
export function formatRate(bytesPerSecond: number, locale: string): string {
  return `${formatBytes(bytesPerSecond, locale)}/s`;
}
