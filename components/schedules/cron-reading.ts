import cronstrue from "cronstrue";
import "cronstrue/locales/es";

/** An expression in the reader's words, without its zone: "At 23:00, every day"; null for what is no expression. */
export function readCron(cron: string, locale: string): string | null {
  // To the parser a question mark is a star, in any field.
  const fields = cron.trim().replaceAll("?", "*").split(/\s+/u);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || day === undefined || weekday === undefined) return null;
  // Cron starts on either where both days are given; the reading of the whole would say "and". A plus is our parser's way to mean both.
  const isBoth = weekday.startsWith("+");
  if (day === "*" || weekday === "*" || isBoth)
    return read([minute, hour, day, month, isBoth ? weekday.slice(1) : weekday].join(" "), locale);
  const byDay = read([minute, hour, day, month, "*"].join(" "), locale);
  const byWeekday = read([minute, hour, "*", month, weekday].join(" "), locale);
  if (byDay === null || byWeekday === null) return null;
  const second = byWeekday.charAt(0).toLocaleLowerCase(locale) + byWeekday.slice(1);
  return new Intl.ListFormat(locale, { type: "disjunction" }).format([byDay, second]);
}

function read(cron: string, locale: string): string | null {
  // "At 23:00" alone does not say that it is every day; a list of minutes says so twice.
  const isPlainDay = /^\d+ \d+ \* \* \*$/.test(cron);
  try {
    const reading = cronstrue.toString(cron, { locale, use24HourTimeFormat: true, verbose: isPlainDay });
    // The library's Spanish takes a working day (W) for a day of the week.
    return locale === "es" && /W/i.test(cron.split(" ")[2] ?? "") ? reading.replace(/día de la semana/gu, "día laborable") : reading;
  } catch {
    return null;
  }
}
