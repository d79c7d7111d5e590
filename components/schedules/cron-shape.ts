/** The few shapes that people mean nearly always; anything else is an expression of one's own. */
export const cronShapes = ["day", "week", "month", "hours", "own"] as const;
export type CronShapeName = (typeof cronShapes)[number];

/** What the fields below "When" hold, for all shapes at once, so that going from one to another loses nothing. */
export type CronDraft = {
  readonly shape: CronShapeName;
  /** `HH:MM`, as clocks of the schedule's zone show it. */
  readonly time: string;
  /** 0 is Sunday, as cron counts. */
  readonly weekday: string;
  /** `1` to `31`, or `L` for the last day. */
  readonly monthDay: string;
  readonly everyHours: string;
  readonly minute: string;
  readonly own: string;
};

/** Divisors of a day: other steps would begin anew at midnight, which nobody expects. */
export const hourSteps = ["1", "2", "3", "4", "6", "8", "12"] as const;

const blank: CronDraft = { shape: "day", time: "23:00", weekday: "0", monthDay: "1", everyHours: "6", minute: "0", own: "" };

/** Reads an expression into the shape that says the same; what none of them says stays an expression. */
export function cronDraftOf(cron: string): CronDraft {
  const own = cron.trim().replaceAll(/\s+/gu, " ");
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = own.split(" ");
  const draft = { ...blank, own };
  if (month !== "*" || !isWithin(minute, 0, 59) || own.split(" ").length !== 5) return { ...draft, shape: "own" };
  const step = hour === "*" ? "1" : /^\*\/(\d+)$/.exec(hour)?.[1];
  if (step !== undefined && hourSteps.some((each) => each === step) && day === "*" && weekday === "*")
    return { ...draft, shape: "hours", everyHours: step, minute };
  if (!isWithin(hour, 0, 23)) return { ...draft, shape: "own" };
  const time = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (day === "*" && weekday === "*") return { ...draft, shape: "day", time };
  if (day === "*" && isWithin(weekday, 0, 7)) return { ...draft, shape: "week", time, weekday: weekday === "7" ? "0" : weekday };
  if (weekday === "*" && (day === "L" || isWithin(day, 1, 31))) return { ...draft, shape: "month", time, monthDay: day };
  return { ...draft, shape: "own" };
}

/** The expression of a draft; null while its fields make none. */
export function cronOf(draft: CronDraft): string | null {
  if (draft.shape === "own") return draft.own.trim() === "" ? null : draft.own.trim().replaceAll(/\s+/gu, " ");
  if (draft.shape === "hours") {
    if (!isWithin(draft.minute.trim(), 0, 59)) return null;
    return `${Number(draft.minute)} ${draft.everyHours === "1" ? "*" : `*/${draft.everyHours}`} * * *`;
  }
  const time = /^([01]\d|2[0-3]):([0-5]\d)/.exec(draft.time);
  if (time === null) return null;
  const at = `${Number(time[2])} ${Number(time[1])}`;
  switch (draft.shape) {
    case "day":
      return `${at} * * *`;
    case "week":
      return `${at} * * ${draft.weekday}`;
    case "month":
      return `${at} ${draft.monthDay} * *`;
  }
}

/** Another shape with what the present one says taken along: the expression, where one's own is chosen. */
export function withShape(draft: CronDraft, shape: CronShapeName): CronDraft {
  return shape === "own" ? { ...draft, shape, own: cronOf(draft) ?? draft.own } : { ...draft, shape };
}

function isWithin(text: string, min: number, max: number): boolean {
  return /^\d{1,2}$/.test(text) && Number(text) >= min && Number(text) <= max;
}
