"use client";
/** Language, time zone and theme of one person; each takes effect as it is saved. Children come below them in the same column. */
import { useMutation } from "@tanstack/react-query";
import { Monitor, Moon, Sun } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState, type FormEvent, type ReactNode } from "react";
import { updateMe } from "#lib/contracts/session";
import { formatMinute } from "#lib/format/time";
import { call } from "#lib/http/client";
import { isTimeZone, localeCookie, timeZoneCookie, type AppLocale } from "#lib/i18n/negotiate";
import { rememberChoice } from "../shell/browser-cookie.tsx";
import { useMe } from "../shell/me.tsx";
import { useTheme } from "../shell/use-theme.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { Field, FieldGroup } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { toast } from "../ui/toast.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";

export function ProfileForm({ children }: { children?: ReactNode }) {
  const t = useTranslations("settings");
  const shell = useTranslations("shell");
  const common = useTranslations("common");
  const router = useRouter();
  const me = useMe();
  const pageLocale = useLocale();
  const pageZone = useTimeZone() ?? "UTC";
  const now = useCurrentTime(10_000);
  const [theme, setTheme] = useTheme();
  const [language, setLanguage] = useState<AppLocale | "auto">(me.locale ?? "auto");
  const [zone, setZone] = useState(me.timeZone ?? "");
  // Asked for by the browser only: Node and browsers do not know the same names.
  const [zones, setZones] = useState<readonly string[]>([]);
  const isKnown = zone.trim() === "" || isTimeZone(zone.trim());
  const shownZone = isKnown && zone.trim() !== "" ? zone.trim() : pageZone;

  const save = useMutation({
    mutationFn: () =>
      call(updateMe, { body: { locale: language === "auto" ? null : language, timeZone: zone.trim() === "" ? null : zone.trim() } }),
    onSuccess: () => {
      if (language !== "auto") rememberChoice(localeCookie, language);
      rememberChoice(timeZoneCookie, zone.trim() === "" ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone.trim());
      toast({ title: t("profileSaved") });
      router.refresh();
    },
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (isKnown) save.mutate();
  };

  return (
    <div className="grid max-w-4xl items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-6">
        <Card>
          <form onSubmit={onSubmit} className="flex flex-col gap-5 py-1">
            <ProblemNotice error={save.error} />
            <Field label={t("language")}>
              <Select
                value={language}
                onValueChange={setLanguage}
                options={[
                  { value: "auto", label: t("languages.auto") },
                  { value: "en", label: t("languages.en") },
                  { value: "es", label: t("languages.es") },
                ]}
              />
            </Field>
            <Field
              label={t("timeZone")}
              optional
              hint={`${t("timeZoneHint")} ${t("now", { time: formatMinute(now.toISOString(), { locale: pageLocale, timeZone: shownZone }) })}`}
              error={isKnown ? null : t("timeZoneWrong")}
            >
              <Input
                list="time-zones"
                onFocus={() => setZones(Intl.supportedValuesOf("timeZone"))}
                value={zone}
                onValueChange={(next) => setZone(next)}
                placeholder={t("timeZoneAuto", { zone: pageZone })}
                autoComplete="off"
                spellCheck={false}
              />
            </Field>
            <datalist id="time-zones">
              {zones.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </datalist>
            <FieldGroup legend={t("theme")}>
              <Segmented
                label={t("theme")}
                value={theme}
                onValueChange={setTheme}
                options={[
                  { value: "system", label: shell("themes.system"), icon: Monitor },
                  { value: "light", label: shell("themes.light"), icon: Sun },
                  { value: "dark", label: shell("themes.dark"), icon: Moon },
                ]}
              />
            </FieldGroup>
            <div>
              <Button type="submit" variant="primary" pending={save.isPending}>
                {common("save")}
              </Button>
            </div>
          </form>
        </Card>
        {children}
      </div>
      <Card title={t("account")}>
        <Facts
          items={[
            { label: t("name"), value: me.name },
            { label: t("email"), value: me.email },
            { label: t("role"), value: shell(`roles.${me.role}`) },
          ]}
        />
      </Card>
    </div>
  );
}
