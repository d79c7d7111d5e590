"use client";
/** `<SourceTrash sourceId />`: what of a source waits in the trash; nothing, when nothing does. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { formatBytes } from "#lib/format/bytes";
import { formatMinute } from "#lib/format/time";
import { listTrashQuery } from "#lib/query/policies";
import { usePolicyName } from "../policies/policy-name.ts";
import { useCan } from "../shell/me.tsx";
import { Card } from "../ui/card.tsx";
import { PurgeTime } from "./purge-time.tsx";
import { TakeOut } from "./take-out.tsx";

const mostShown = 5;

export function SourceTrash({ sourceId }: { sourceId: string }) {
  const t = useTranslations("trash");
  const reasons = useTranslations("policies.reasons");
  const tellPolicy = usePolicyName();
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const mayTakeOut = useCan()("backups:delete");
  const { data } = useQuery(listTrashQuery({ source: sourceId, limit: mostShown }));
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Card
      flush
      title={t("ofSource")}
      description={t("some", { count: data.total })}
      actions={
        <Link href={`/trash?source=${sourceId}`} className="link text-[0.8125rem]">
          {t("all")}
        </Link>
      }
    >
      <ul className="divide-y divide-line/70">
        {data.items.map((backup) => (
          <li key={backup.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
            <div className="min-w-0">
              <p className="text-sm">
                <Link href={`/backups/${backup.id}`} className="link font-medium nums">
                  {formatMinute(backup.snapshotAt, settings)}
                </Link>
                <span className="text-ink-3"> · {formatBytes(backup.storedBytes, settings.locale)}</span>
              </p>
              <p className="text-[0.8125rem] text-ink-2">
                {reasons(backup.reason)} · <span className="text-ink-3">{tellPolicy(backup.trashedByName)}</span>
              </p>
            </div>
            <div className="flex items-center gap-4 text-[0.8125rem] text-ink-2">
              <span>
                <span className="text-ink-3">{t("columns.purge")}: </span>
                <PurgeTime at={backup.purgeAt} />
              </span>
              {mayTakeOut ? <TakeOut backup={backup} /> : null}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
