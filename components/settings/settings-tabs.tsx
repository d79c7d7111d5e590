/** Title and tabs of the settings pages: `<SettingsHeader lead={…} actions={…} />`. */
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { PageHeader } from "../shell/page-header.tsx";
import { LinkTabs } from "../ui/tabs.tsx";

export function SettingsHeader({ lead, actions }: { lead: ReactNode; actions?: ReactNode }) {
  const t = useTranslations("settings");
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title={t("title")} description={lead} actions={actions} />
      <LinkTabs
        label={t("title")}
        tabs={[
          { href: "/settings", label: t("system") },
          { href: "/settings/servers", label: t("servers") },
          { href: "/settings/profile", label: t("profile") },
        ]}
      />
    </div>
  );
}
