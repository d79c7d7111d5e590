"use client";
/** What a channel tells of which sources, and when: alerts, sources, language, reminders, quiet hours. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { alertCodes, alertSeverities } from "#lib/domain/alert-codes";
import { listSourceNamesQuery } from "#lib/query/sources";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field, FieldGroup } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";
import type { FieldsProps } from "./address-fields.tsx";
import { ChoiceList } from "./choice-list.tsx";

type RuleProps = Omit<FieldsProps, "stored">;

export function AlertsField({ draft, errorOf, onChange }: RuleProps) {
  const t = useTranslations("notifications");
  const alerts = useTranslations("alerts");
  return (
    <ChoiceList
      legend={t("form.alerts")}
      all={t("form.alertsAll")}
      some={t("form.alertsSome")}
      chosen={draft.alerts}
      onChange={(alerts) => onChange({ alerts })}
      error={errorOf("alerts")}
      options={alertCodes.map((code) => ({
        value: code,
        label: alertSeverities[code] === "urgent" ? `${alerts(`${code}.name`)} · ${t("urgent")}` : alerts(`${code}.name`),
        hint: t(`codeHints.${code}`),
      }))}
    />
  );
}

export function SourcesField({ draft, errorOf, onChange }: RuleProps) {
  const t = useTranslations("notifications.form");
  const { data } = useQuery(listSourceNamesQuery());
  return (
    <ChoiceList
      legend={t("sourcesTitle")}
      all={t("sourcesAll")}
      some={t("sourcesSome")}
      chosen={draft.sourceIds}
      onChange={(sourceIds) => onChange({ sourceIds })}
      error={errorOf("sourceIds")}
      none={t("noSources")}
      options={(data?.items ?? []).map(({ id, name, serverName, path }) => ({ value: id, label: name, hint: path ?? serverName }))}
    />
  );
}

export function LanguageField({ draft, onChange }: RuleProps) {
  const t = useTranslations("notifications.form");
  return (
    <FieldGroup legend={t("language")}>
      <Segmented
        label={t("language")}
        value={draft.language}
        onValueChange={(language) => onChange({ language })}
        options={(["en", "es"] as const).map((value) => ({ value, label: t(`languages.${value}`) }))}
      />
    </FieldGroup>
  );
}

const usualHours = [6, 12, 24, 48, 168];

export function RepeatField({ draft, onChange }: RuleProps) {
  const t = useTranslations("notifications.form");
  const { repeatHours } = draft;
  const hours = [...new Set([...usualHours, ...(repeatHours === null ? [] : [repeatHours])])].toSorted((a, b) => a - b);
  return (
    <Field label={t("repeat")}>
      <Select
        value={repeatHours === null ? "never" : String(repeatHours)}
        onValueChange={(next) => onChange({ repeatHours: next === "never" ? null : Number(next) })}
        options={[
          ...hours.map((each) => ({ value: String(each), label: t("repeatHours", { hours: each }) })),
          { value: "never", label: t("repeatNever") },
        ]}
        className="sm:max-w-64"
      />
    </Field>
  );
}

export function QuietField({ draft, errorOf, onChange }: RuleProps) {
  const t = useTranslations("notifications.form");
  // Asked for by the browser only: Node and browsers do not know the same names.
  const [zones, setZones] = useState<readonly string[]>([]);
  const { quiet } = draft;
  const change = (part: Partial<typeof quiet>) => onChange({ quiet: { ...quiet, ...part } });
  return (
    <div className="flex flex-col gap-4">
      <Switch checked={quiet.on} onCheckedChange={(on) => change({ on })} label={t("quiet")} hint={t("quietHint")} />
      {quiet.on ? (
        <>
          <div className="grid items-start gap-4 sm:grid-cols-[8rem_8rem_minmax(0,1fr)]">
            <Field label={t("quietFrom")}>
              <Input type="time" required value={quiet.from} onValueChange={(from) => change({ from })} />
            </Field>
            <Field label={t("quietTo")}>
              <Input type="time" required value={quiet.to} onValueChange={(to) => change({ to })} />
            </Field>
            <Field label={t("quietZone")} error={errorOf("quiet")}>
              <Input
                list="quiet-zones"
                value={quiet.timeZone}
                onFocus={() => setZones(Intl.supportedValuesOf("timeZone"))}
                onValueChange={(timeZone) => change({ timeZone })}
                autoComplete="off"
                spellCheck={false}
              />
            </Field>
          </div>
          <datalist id="quiet-zones">
            {zones.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </datalist>
          <Checkbox checked={quiet.exceptUrgent} onCheckedChange={(exceptUrgent) => change({ exceptUrgent })} label={t("exceptUrgent")} />
        </>
      ) : null}
    </div>
  );
}
