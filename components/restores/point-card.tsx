"use client";
/** `<PointCard backup wantedAt />`: what is restored: the point's time, kind and proof; for a date, what lies between both. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import type { BackupDetailDto } from "#lib/contracts/backups";
import { formatBytes } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { formatInstant } from "#lib/format/time";
import { MeterCompact } from "../status/meter.tsx";
import { PointSymbol } from "../timeline/point-mark.tsx";
import { shapeOf } from "../timeline/time-line-model.ts";
import { Card } from "../ui/card.tsx";

export function PointCard({ backup, wantedAt }: { backup: BackupDetailDto; wantedAt: string | null }) {
  const t = useTranslations("restores.point");
  const shapes = useTranslations("timeline.shapes");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const gapMs = wantedAt === null ? 0 : Date.parse(wantedAt) - Date.parse(backup.snapshotAt);
  const back = new URLSearchParams({ ...(wantedAt === null ? {} : { at: wantedAt }), point: backup.id });
  return (
    <Card>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm font-medium text-ink nums">
            <span className="flex items-center gap-2">
              <PointSymbol shape={shapeOf(backup)} blocked={backup.broken !== null} />
              {formatInstant(backup.snapshotAt, settings)}
            </span>
            <MeterCompact meter={backup.meter} />
          </p>
          <p className="text-[0.8125rem] text-ink-2">
            {shapes(shapeOf(backup))}, {t("gives", { size: formatBytes(backup.streamBytes, settings.locale) })}
            {backup.needs === 0 ? null : <>, {t("needs", { count: backup.needs })}</>}
          </p>
          {wantedAt === null ? null : (
            <p className="mt-1 text-[0.8125rem] text-ink-2">
              {gapMs < 1000
                ? t("exact", { wanted: formatInstant(wantedAt, settings) })
                : t("wanted", { wanted: formatInstant(wantedAt, settings), gap: formatDuration(gapMs, settings.locale) })}
            </p>
          )}
        </div>
        <Link href={`/sources/${backup.sourceId}?${back}`} className="link text-[0.8125rem]">
          {t("other")}
        </Link>
      </div>
    </Card>
  );
}
