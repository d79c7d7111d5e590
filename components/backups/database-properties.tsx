"use client";
/** What no dump of a database carries and Lifeboat keeps beside it: its own properties, extensions, roles, sequences, migration head. */
import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { BackupDetailDto } from "#lib/contracts/backups";
import { formatCount } from "#lib/format/number";
import { Card } from "../ui/card.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Facts } from "../ui/facts.tsx";

export function DatabaseProperties({ backup }: { backup: BackupDetailDto }) {
  const t = useTranslations("backups.facts");
  const locale = useLocale();
  const { properties } = backup;
  const list = (items: readonly string[]): ReactNode =>
    items.length === 0 ? (
      t("none")
    ) : (
      <ul className="flex flex-col gap-1">
        {items.map((item) => (
          <li key={item}>
            <InlineCode>{item}</InlineCode>
          </li>
        ))}
      </ul>
    );
  return (
    <Card title={t("database")}>
      <Facts
        items={[
          ...(properties === null
            ? []
            : [
                { label: t("owner"), value: <InlineCode>{properties.owner}</InlineCode> },
                { label: t("encoding"), value: properties.encoding },
                { label: t("locale"), value: localeText(properties) },
                { label: t("provider"), value: properties.localeProvider },
                {
                  label: t("connectionLimit"),
                  value: properties.connectionLimit < 0 ? t("unlimited") : formatCount(properties.connectionLimit, locale),
                },
                { label: t("acl"), value: list(properties.acl) },
                {
                  label: t("settings"),
                  value: list(
                    properties.settings.map(({ role, setting }) => (role === null ? setting : `${setting} (${t("settingFor", { role })})`)),
                  ),
                },
                ...(properties.comment === null ? [] : [{ label: t("comment"), value: properties.comment }]),
              ]),
          { label: t("extensions"), value: list(backup.extensions.map(({ name, version }) => `${name} ${version}`)) },
          { label: t("roles"), value: list(backup.roles) },
          { label: t("sequences"), value: t("sequencesCount", { count: backup.sequences.length }) },
          {
            label: t("migration"),
            value: backup.migrationHead === null ? t("none") : `${backup.migrationHead.tool}: ${backup.migrationHead.head}`,
          },
        ]}
      />
    </Card>
  );
}

function localeText({ collate, ctype, icuLocale }: NonNullable<BackupDetailDto["properties"]>): string {
  if (icuLocale !== null) return icuLocale;
  return collate === ctype ? collate : `${collate} / ${ctype}`;
}
