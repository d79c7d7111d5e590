"use client";
/** `<ReportClosing report />`: findings with what is done about them, what the playbook learned, and the proof that nothing is left. */
import { useTranslations } from "next-intl";
import type { ReportContent } from "#lib/contracts/drill-reports";
import { CleanUpProof } from "../drills/clean-up-proof.tsx";
import { Card } from "../ui/card.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

export function ReportClosing({ report }: { report: ReportContent }) {
  const file = useTranslations("reports.file");
  const { findings, improvement, playbookVersion, cleanUp } = report;
  return (
    <>
      <Card title={file("sections.findings")} flush>
        {findings.length === 0 ? (
          <p className="px-4 pt-4 text-sm text-ink-2 sm:px-5">{file("noFindings")}</p>
        ) : (
          <TableFrame label={file("sections.findings")}>
            <thead>
              <tr>
                <Th>{file("finding")}</Th>
                <Th>{file("action")}</Th>
              </tr>
            </thead>
            <tbody>
              {findings.map(({ text, action }, index) => (
                // oxlint-disable-next-line react/no-array-index-key -- a report does not change
                <tr key={index}>
                  <Td className="align-top! wrap-anywhere whitespace-pre-wrap">{text}</Td>
                  <Td className="align-top! wrap-anywhere whitespace-pre-wrap text-ink-2">{action === "" ? file("none") : action}</Td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        )}
        <div className="flex flex-col gap-2 px-4 pt-3 pb-4 text-sm sm:px-5">
          {improvement === "" ? null : (
            <p className="wrap-anywhere whitespace-pre-wrap text-ink">
              <span className="block text-[0.8125rem] text-ink-3">{file("improvement")}</span>
              {improvement}
            </p>
          )}
          <p className="text-xs text-ink-3">{file("playbook", { version: playbookVersion })}</p>
        </div>
      </Card>
      <Card title={file("sections.cleanUp")}>
        {cleanUp === null ? <p className="text-sm text-ink-2">{file("cleanUpNone")}</p> : <CleanUpProof cleanUp={cleanUp} />}
      </Card>
    </>
  );
}
