"use client";
/** What is running, only if something is: a bar where a share is honest, else how much was read. */
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import type { RunDto } from "#lib/contracts/runs";
import { formatBytes } from "#lib/format/bytes";
import { useRunTitle } from "../runs/run-title.ts";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { Progress } from "../ui/progress.tsx";

export function RunningNow({ runs }: { runs: readonly RunDto[] }) {
  const t = useTranslations("overview");
  const locale = useLocale();
  const titleOf = useRunTitle();
  if (runs.length === 0) return null;
  return (
    <Card title={t("running")} flush>
      <ul className="divide-y divide-line/70">
        {runs.map((run) => {
          const { bytesDone, bytesTotal } = run.progress;
          const read =
            bytesTotal === null ? formatBytes(bytesDone, locale) : `${formatBytes(bytesDone, locale)} / ${formatBytes(bytesTotal, locale)}`;
          return (
            <li
              key={run.id}
              className="relative grid gap-x-6 gap-y-2 px-4 py-3 hover:bg-hover/60 sm:grid-cols-[minmax(0,1fr)_14rem_auto] sm:items-center sm:px-5"
            >
              <Link href={`/runs/${run.id}`} className="min-w-0 truncate text-sm font-medium after:absolute after:inset-0">
                {titleOf(run)}
              </Link>
              <div>
                <Progress thin label={titleOf(run)} value={bytesDone} max={run.state === "queued" ? 1 : bytesTotal} text={read} />
                <p className="mt-1 text-xs text-ink-3 nums">{read}</p>
              </div>
              <StatusBadge status={`run.${run.state}`} className="justify-self-start" />
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
