"use client";
/** `<ZoneField label value onChange />`: an IANA time zone, typed or chosen from those that the browser knows. */
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { isTimeZone } from "#lib/i18n/negotiate";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";

type ZoneProps = { value: string; onChange: (zone: string) => void; hint?: string };

export function ZoneField({ value, onChange, hint }: ZoneProps) {
  const t = useTranslations("schedules.editor");
  const list = useId();
  // Asked for by the browser only: Node and browsers do not know the same names.
  const [zones, setZones] = useState<readonly string[]>([]);
  return (
    <>
      <Field label={t("zone")} hint={hint} error={isTimeZone(value.trim()) ? undefined : t("zoneWrong")}>
        <Input
          list={list}
          onFocus={() => setZones(Intl.supportedValuesOf("timeZone"))}
          value={value}
          onValueChange={onChange}
          autoComplete="off"
          spellCheck={false}
          maxLength={80}
        />
      </Field>
      <datalist id={list}>
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </datalist>
    </>
  );
}
