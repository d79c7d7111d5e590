"use client";
/** Title and tabs of the pages of policies. */
import { Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { PageHeader } from "../shell/page-header.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { LinkTabs } from "../ui/tabs.tsx";

export function PoliciesHeader({ of }: { of: "retention" | "schedules" }) {
  const t = useTranslations("policies");
  const schedules = useTranslations("schedules.list");
  const trash = useTranslations("trash");
  return (
    <div className="flex flex-col gap-4">
      <PageHeader
        title={t("title")}
        description={of === "retention" ? t("lead") : schedules("lead")}
        actions={
          <ButtonLink icon={Trash2} href="/trash">
            {trash("title")}
          </ButtonLink>
        }
      />
      <LinkTabs
        label={t("tabs.label")}
        tabs={[
          { href: "/policies", label: t("tabs.retention") },
          { href: "/policies/schedules", label: t("tabs.schedules") },
        ]}
      />
    </div>
  );
}
