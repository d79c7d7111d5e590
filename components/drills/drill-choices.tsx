"use client";
/** Fields that say what a drill restores and where: `<BackupChoice …/>`, `<TargetChoice …/>`. A null value means what `keep` says. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { formatBytes } from "#lib/format/bytes";
import { formatMinute } from "#lib/format/time";
import { listBackupsQuery } from "#lib/query/backups";
import { listServersQuery } from "#lib/query/servers";
import { Field } from "../ui/field.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";

type ChoiceProps = { value: string | null; onChange: (value: string | null) => void; enabled: boolean; keep?: string };

const kept = "keep";

export function BackupChoice({ sourceId, value, onChange, enabled, keep }: ChoiceProps & { sourceId: string }) {
  const t = useTranslations("drills.wizard.choose");
  const kinds = useTranslations("backups.kinds");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const { data } = useQuery({ ...listBackupsQuery({ source: sourceId, limit: 100 }), enabled, refetchInterval: false });
  const usable = data?.items.filter(({ state, broken }) => state === "available" && broken === null) ?? [];
  const options: SelectOption<string>[] = [
    ...(keep === undefined ? [] : [{ value: kept, label: keep }]),
    ...usable.map((backup) => ({
      value: backup.id,
      label: `${formatMinute(backup.snapshotAt, settings)} · ${kinds(backup.kind)}`,
      hint: [formatBytes(backup.streamBytes, settings.locale), t(backup.meter.proven.state === "yes" ? "proven" : "unproven"), backup.label]
        .filter((text) => text !== "")
        .join(" · "),
    })),
  ];
  return (
    <Field label={t("backup")}>
      <Select
        value={value ?? (keep === undefined ? null : kept)}
        placeholder={t("backupNone")}
        onValueChange={(next) => onChange(next === kept ? null : next)}
        options={options}
      />
    </Field>
  );
}

export function TargetChoice({ value, onChange, enabled, keep }: ChoiceProps) {
  const t = useTranslations("drills.wizard.choose");
  const { data: servers } = useQuery({ ...listServersQuery({ limit: 200 }), enabled, refetchInterval: false });
  const options: SelectOption<string>[] = [
    ...(keep === undefined ? [] : [{ value: kept, label: keep }]),
    { value: "automatic", label: t("targets.automatic"), hint: t("targetHints.automatic") },
    { value: "sandbox", label: t("targets.sandbox"), hint: t("targetHints.sandbox") },
    ...(servers?.items ?? []).map(({ id, name }) => ({ value: id, label: t("targets.server", { name }), hint: t("targetHints.server") })),
  ];
  return (
    <Field label={t("target")}>
      <Select
        value={value ?? (keep === undefined ? "automatic" : kept)}
        onValueChange={(next) => onChange(next === kept ? null : next)}
        options={options}
      />
    </Field>
  );
}
