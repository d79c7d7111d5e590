"use client";
/** `<ReportIntegrity signed />`: what proves that nothing was changed since: hash, place in the chain, key and signature. */
import { useTranslations } from "next-intl";
import type { SignedReport } from "#lib/contracts/drill-reports";
import { Card } from "../ui/card.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Facts } from "../ui/facts.tsx";

const noReport = "0".repeat(64);

export function ReportIntegrity({ signed: { report, sha256, signature } }: { signed: SignedReport }) {
  const file = useTranslations("reports.file");
  return (
    <Card title={file("sections.integrity")} description={file("integrityNote")}>
      <Facts
        className="-my-2"
        items={[
          { label: file("reportId"), value: <InlineCode>{report.id}</InlineCode> },
          { label: file("place"), value: file("placeValue", { sequence: report.sequence, installation: report.installationId }) },
          {
            label: file("previous"),
            value: report.previousSha256 === noReport ? file("noPrevious") : <InlineCode>{report.previousSha256}</InlineCode>,
          },
          { label: file("own"), value: <InlineCode>{sha256}</InlineCode> },
          { label: file("key"), value: <InlineCode>{signature.keyId}</InlineCode> },
          { label: file("signature"), value: <InlineCode>{signature.value}</InlineCode> },
        ]}
      />
    </Card>
  );
}
