"use client";
/** Version, catalogue, automatic backups, and where the packs go. */
import { useTranslations } from "next-intl";
import type { SystemStatusDto } from "#lib/contracts/system";
import { useReasonText } from "../state/reason.tsx";
import { Card } from "../ui/card.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Facts } from "../ui/facts.tsx";

export function InstallationCard({ status }: { status: SystemStatusDto }) {
  const t = useTranslations("settings");
  const tell = useReasonText();
  return (
    <Card title={t("installation")}>
      <Facts
        items={[
          { label: t("version"), value: status.version },
          { label: t("catalogue"), value: t(`catalogues.${status.catalogue}`) },
          { label: t("autoBackup"), value: t(`autoBackups.${status.autoBackup}`) },
          ...status.destinations.map((destination) => ({
            key: destination.id,
            label: `${t("destinations")}: ${destination.name}`,
            value: <InlineCode>{destination.path}</InlineCode>,
            hint: destination.problem === null ? t("destinationOk") : tell(destination.problem).message,
          })),
        ]}
      />
    </Card>
  );
}
