"use client";
/** The audit log as one CSV file, under the filters that the address holds. */
import { Download } from "lucide-react";
import { useTimeZone, useTranslations } from "next-intl";
import { exportAuditEvents } from "#lib/contracts/audit";
import { endpointUrl } from "#lib/http/client";
import { useListState } from "../data-table/use-list-state.tsx";
import { DownloadLink } from "../ui/button.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import { auditQuery } from "./audit-range.tsx";
import { auditListSpec } from "./list-specs.tsx";

export function ExportAudit() {
  const t = useTranslations("activity");
  const timeZone = useTimeZone() ?? "UTC";
  const { values } = useListState(auditListSpec);
  const query = auditQuery(values, useCurrentTime(60_000).getTime(), timeZone);
  return (
    <DownloadLink icon={Download} href={endpointUrl(exportAuditEvents, { query })}>
      {t("export")}
    </DownloadLink>
  );
}
