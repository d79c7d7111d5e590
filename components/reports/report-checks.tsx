"use client";
/** `<ReportChecks checks />`: every check with what was expected and found, its verdict, its duration and its evidence. */
import { clsx } from "clsx";
import { useLocale, useTranslations } from "next-intl";
import type { ReportContent } from "#lib/contracts/drill-reports";
import { formatDuration } from "#lib/format/duration";
import { useCheckName } from "../drills/check-name.ts";
import { ReasonText } from "../state/reason.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

type Check = ReportContent["checks"][number];

export function ReportChecks({ checks }: { checks: readonly Check[] }) {
  const file = useTranslations("reports.file");
  const countOf = (...states: Check["state"][]) => checks.filter(({ state }) => states.includes(state)).length;
  return (
    <Card
      flush
      title={file("sections.checks")}
      description={file("checkCounts", {
        passed: countOf("passed"),
        failed: countOf("failed"),
        skipped: countOf("not-applicable"),
        pending: countOf("pending", "running"),
      })}
    >
      <TableFrame label={file("sections.checks")} className="relative">
        <thead>
          <tr>
            <Th>{file("check")}</Th>
            <Th>{file("result")}</Th>
            <Th>{file("expected")}</Th>
            <Th>{file("found")}</Th>
            <Th num>{file("took")}</Th>
          </tr>
        </thead>
        <tbody>
          {checks.map((check) => (
            <Row key={check.key} check={check} />
          ))}
        </tbody>
      </TableFrame>
    </Card>
  );
}

function Row({ check }: { check: Check }) {
  const file = useTranslations("reports.file");
  const locale = useLocale();
  const name = useCheckName()(check.definition);
  const isBad = check.state === "failed";
  return (
    <tr className={clsx("break-inside-avoid", isBad && "bg-bad-soft/40")}>
      <Td className="min-w-44 align-top!">
        <span className="block font-medium wrap-anywhere">{name}</span>
        {check.mandatory ? null : <span className="block text-xs text-ink-3">{file("advisory")}</span>}
        <Details check={check} name={name} />
      </Td>
      <Td className="align-top!">
        <StatusBadge status={`drillCheck.${check.state}`} />
      </Td>
      <Td className="min-w-32 align-top! text-[0.8125rem] wrap-anywhere whitespace-pre-wrap text-ink-2 nums">{check.expected}</Td>
      <Td
        className={clsx(
          "min-w-32 align-top! text-[0.8125rem] wrap-anywhere whitespace-pre-wrap nums",
          isBad ? "font-medium text-bad!" : "text-ink-2",
        )}
      >
        {check.actual}
      </Td>
      <Td num className="align-top! text-[0.8125rem] whitespace-nowrap text-ink-2">
        {check.durationMs === null || check.type === "manual" ? null : formatDuration(check.durationMs, locale)}
      </Td>
    </tr>
  );
}

/** Why it failed, who decided it, what it said before, and what it found at length. */
function Details({ check, name }: { check: Check; name: string }) {
  const t = useTranslations("reports.page.checks");
  const file = useTranslations("reports.file");
  return (
    <div className="mt-1 flex max-w-md flex-col gap-1.5 text-[0.8125rem] text-ink-2 empty:hidden">
      {check.definition.type === "manual" ? <p className="wrap-anywhere">{check.definition.question}</p> : null}
      {check.decidedBy === null ? null : (
        <p className="wrap-anywhere">
          {check.note === ""
            ? file("decidedBy", { name: check.decidedBy })
            : file("decidedByWith", { name: check.decidedBy, note: check.note })}
        </p>
      )}
      {check.reason === null ? null : <ReasonText reason={check.reason} />}
      {check.attempts.map((attempt, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a report does not change
        <p key={index} className="text-xs text-ink-3">
          {t.rich(`earlier.${attempt.state}`, { by: attempt.by, time: () => <AbsoluteTime at={attempt.at} seconds /> })}
        </p>
      ))}
      {check.evidence === "" ? null : (
        <details>
          <summary className="cursor-pointer text-accent-ink select-none">{t("evidence")}</summary>
          <CodeBlock
            wrap
            label={file("evidenceOf", { check: name })}
            code={check.evidence}
            className="mt-1.5 max-h-80 overflow-y-auto print:max-h-none"
          />
        </details>
      )}
    </div>
  );
}
