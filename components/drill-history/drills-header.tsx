"use client";
/** Title and tabs of the pages of drills. */
import { ArrowLeftRight, FileSearch } from "lucide-react";
import { useTranslations } from "next-intl";
import { PageHeader } from "../shell/page-header.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { LinkTabs } from "../ui/tabs.tsx";

export function DrillsHeader({ lead }: { lead: "lead" | "calendarLead" | "recoveryLead" }) {
  const t = useTranslations("drills.list");
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={t("title")}
        description={t(lead)}
        actions={
          <>
            <ButtonLink icon={ArrowLeftRight} href="/drills/compare">
              {t("compare")}
            </ButtonLink>
            <ButtonLink icon={FileSearch} href="/reports/verify">
              {t("verify")}
            </ButtonLink>
          </>
        }
      />
      <LinkTabs
        label={t("title")}
        tabs={[
          { href: "/drills", label: t("tabs.index") },
          { href: "/drills/calendar", label: t("tabs.calendar") },
          { href: "/drills/recovery", label: t("tabs.recovery") },
        ]}
      />
    </div>
  );
}
