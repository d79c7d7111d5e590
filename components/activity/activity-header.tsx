/** Title and tabs of the activity pages. */
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { PageHeader } from "../shell/page-header.tsx";
import { LinkTabs } from "../ui/tabs.tsx";

export function ActivityHeader({
  lead,
  actions,
}: {
  lead: "runsLead" | "alertsLead" | "incidentsLead" | "gatesLead" | "integrityLead" | "auditLead";
  actions?: ReactNode;
}) {
  const t = useTranslations("activity");
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={t("title")} description={t(lead)} actions={actions} />
      <LinkTabs
        label={t("title")}
        tabs={[
          { href: "/activity", label: t("runs") },
          { href: "/activity/alerts", label: t("alerts") },
          { href: "/activity/incidents", label: t("incidents") },
          { href: "/activity/gates", label: t("gates") },
          { href: "/activity/integrity", label: t("integrity") },
          { href: "/activity/audit", label: t("audit") },
        ]}
      />
    </div>
  );
}
