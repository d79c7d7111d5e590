"use client";
/** Title and tabs of the settings pages: `<SettingsHeader lead={…} actions={…} />`. A tab that one may not open is not there. */
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { useCan } from "../shell/me.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { LinkTabs } from "../ui/tabs.tsx";

export function SettingsHeader({ lead, actions }: { lead: ReactNode; actions?: ReactNode }) {
  const t = useTranslations("settings");
  const can = useCan();
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={t("title")} description={lead} actions={actions} />
      <LinkTabs
        label={t("title")}
        tabs={[
          { href: "/settings", label: t("system") },
          { href: "/settings/servers", label: t("servers") },
          { href: "/settings/storage", label: t("storage") },
          ...(can("notifications:manage") ? [{ href: "/settings/notifications", label: t("notifications") }] : []),
          { href: "/settings/integrations", label: t("integrations") },
          ...(can("people:manage") ? [{ href: "/settings/people", label: t("people") }] : []),
          ...(can("tokens:manage") ? [{ href: "/settings/tokens", label: t("tokens") }] : []),
          { href: "/settings/profile", label: t("profile") },
        ]}
      />
    </div>
  );
}
