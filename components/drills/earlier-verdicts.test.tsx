import { NextIntlClientProvider } from "next-intl";
import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { DrillCheckDto, DrillDetailDto } from "#lib/contracts/drills";
import messages from "../../messages/en.json" with { type: "json" };
import { ReportChecks } from "../reports/report-checks.tsx";
import { CheckRow } from "./check-row.tsx";

const drawn = (element: ReactElement) =>
  renderToStaticMarkup(
    <NextIntlClientProvider locale="en" messages={messages} timeZone="UTC" now={new Date("2026-11-22T11:00:00Z")}>
      {element}
    </NextIntlClientProvider>,
  );

const check: DrillCheckDto = {
  key: "content",
  ordinal: 0,
  type: "content",
  name: "",
  mandatory: true,
  definition: { key: "content", name: "", mandatory: true, type: "content" },
  state: "passed",
  expected: "",
  actual: "",
  reason: null,
  evidence: "",
  startedAt: "2026-11-22T10:03:00.000Z",
  durationMs: 1,
  decidedBy: null,
  note: "",
  attempts: [],
};
const attempt = { state: "failed" as const, at: "2026-11-22T10:02:00.000Z", by: "Earlier Me", actual: "one row is missing" };
const row = (attempts: DrillCheckDto["attempts"]) => {
  const drill = { pausedAt: null } as DrillDetailDto;
  return drawn(<CheckRow drill={drill} check={{ ...check, attempts }} canAct={false} isBusy={false} onRun={() => undefined} />);
};

it("a verdict that a re-run replaced is seen while the drill goes on", () => {
  expect(row([])).not.toContain("earlier verdict");
  expect(row([attempt])).toContain("1 earlier verdict");
  expect(row([attempt])).toContain("one row is missing");
});

it("every replaced verdict is on the page of the report, the newest one too", () => {
  const page = drawn(<ReportChecks checks={[{ ...check, attempts: [attempt, { ...attempt, by: "Later Me" }] }]} />);
  expect(page).toContain("Earlier Me");
  expect(page).toContain("Later Me");
});
