/** Answers that change with a source's schedules. */
export const scheduleChanges = [
  "listSchedules",
  "getSchedule",
  "getCalendar",
  "getSource",
  "listSources",
  "getOverview",
  "simulateRetention",
] as const;
