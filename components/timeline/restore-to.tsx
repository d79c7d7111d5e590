"use client";
/** `<RestoreTo source points now at onAt />`: a date-time field in the reader's zone; says which point it means and what lies between. */
import { ArchiveRestore, X } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useState } from "react";
import { formatDuration } from "#lib/format/duration";
import { formatMinute, formatZone } from "#lib/format/time";
import { useCan } from "../shell/me.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { rich } from "../ui/rich.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import type { Picked } from "./time-line-model.ts";
import { fromWallTime, toWallTime } from "./zoned-time.ts";

type RestoreToProps = {
  sourceId: string;
  /** The catalogue's clock. */
  now: string;
  at: string | null;
  /** What a restore to `at` gives back; undefined while it is asked for. */
  picked: Picked | undefined;
  onAt: (at: string | null) => void;
};

export function RestoreTo({ sourceId, now, at, picked, onAt }: RestoreToProps) {
  const t = useTranslations("timeline.to");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  // What is typed before the page's scripts have taken over would be lost.
  const isHydrated = useHydrated();
  const [typed, setTyped] = useState(() => (at === null ? "" : toWallTime(at, settings.timeZone)));
  const change = (wall: string): void => {
    setTyped(wall);
    const instant = fromWallTime(wall, settings.timeZone);
    onAt(instant !== null && instant > now ? now : instant);
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-2">
        <Field label={t("label", { zone: formatZone(at ?? now, settings) })} className="w-full sm:w-64">
          <Input
            type="datetime-local"
            step={1}
            value={typed}
            max={toWallTime(now, settings.timeZone)}
            onValueChange={change}
            readOnly={!isHydrated}
          />
        </Field>
        {typed === "" ? null : (
          <Button variant="ghost" icon={X} onClick={() => change("")}>
            {t("clear")}
          </Button>
        )}
      </div>
      <div aria-live="polite">{at === null || picked === undefined ? null : <Answer sourceId={sourceId} at={at} {...picked} />}</div>
    </div>
  );
}

function Answer({ sourceId, at, point, skipped }: { sourceId: string; at: string } & Picked) {
  const t = useTranslations("timeline.to");
  const kinds = useTranslations("backups.kinds");
  const can = useCan();
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const time = formatMinute(at, settings);
  const passed = skipped === 0 ? null : <p>{t("skipped", { count: skipped })}</p>;
  if (point === null) {
    return (
      <Notice tone="warn" title={t("none", { time })}>
        {passed}
      </Notice>
    );
  }
  const gapMs = Date.parse(at) - Date.parse(point.to);
  return (
    <Notice
      tone={skipped === 0 ? "info" : "warn"}
      title={t.rich("picked", { ...rich, time: formatMinute(point.to, settings), kind: kinds(point.kind) })}
      actions={
        can("restores:create") ? (
          <ButtonLink
            size="sm"
            variant="primary"
            icon={ArchiveRestore}
            href={`/restores/new?${new URLSearchParams({ source: sourceId, at })}`}
          >
            {t("button")}
          </ButtonLink>
        ) : null
      }
    >
      <p>{gapMs < 1000 ? t("exact") : t("gap", { gap: formatDuration(gapMs, settings.locale), time })}</p>
      {passed}
    </Notice>
  );
}
