"use client";
/** `<KindChoice value onChange newest />`: full, differential or incremental, with what each costs and what it will need. */
import { useTimeZone, useLocale, useTranslations } from "next-intl";
import type { ChainDto } from "#lib/contracts/chains";
import { backupKinds, type BackupKind } from "#lib/domain/backup-state";
import { formatBytes } from "#lib/format/bytes";
import { formatDay } from "#lib/format/time";
import { FieldGroup } from "../ui/field.tsx";
import { RadioCards } from "../ui/segmented.tsx";

type KindChoiceProps = {
  value: BackupKind;
  onChange: (kind: BackupKind) => void;
  /** The source's newest chain; null without one, undefined while it is asked for. */
  newest: ChainDto | null | undefined;
};

export function KindChoice({ value, onChange, newest }: KindChoiceProps) {
  const t = useTranslations("sources.backUp");
  const kinds = useTranslations("backups.kinds");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const usable = newest?.state === "whole";
  return (
    <FieldGroup legend={t("kind")}>
      <RadioCards
        label={t("kind")}
        value={value}
        onValueChange={onChange}
        options={backupKinds.map((kind) => ({ value: kind, label: kinds(kind), hint: t(`kindHints.${kind}`) }))}
      />
      {value === "full" || newest === undefined ? null : (
        <p className="mt-2 text-xs text-ink-2" role="status">
          {newest === null
            ? t("kindNoBase")
            : usable
              ? t("kindBase", {
                  day: formatDay(newest.oldestAt, settings),
                  count: newest.members,
                  size: formatBytes(newest.storedBytes, settings.locale),
                })
              : t("kindBaseUnusable")}
        </p>
      )}
    </FieldGroup>
  );
}
