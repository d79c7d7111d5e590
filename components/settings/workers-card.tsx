"use client";
/** Workers with their last sign of life, and the disks that they see. */
import { Cpu } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import type { WorkerDto } from "#lib/contracts/system";
import { formatBytes } from "#lib/format/bytes";
import { formatPercent } from "#lib/format/number";
import { EmptyState } from "../state/empty-state.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { Progress } from "../ui/progress.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";

export function WorkersCard({ workers }: { workers: readonly WorkerDto[] }) {
  const t = useTranslations("settings");
  return (
    <Card title={t("workers")} description={t("workersLead")} flush>
      {workers.length === 0 ? (
        <EmptyState icon={Cpu} title={t("workersNone")}>
          {t("workersNoneText")}
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line/70">
          {workers.map((worker) => (
            <li key={worker.id} className="flex flex-col gap-4 px-4 py-3.5 sm:px-5">
              <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
                <div className="min-w-0 flex-1 basis-56">
                  <p className="text-sm font-medium">{t("onHost", { host: worker.hostName, pid: String(worker.pid) })}</p>
                  <p className="text-xs text-ink-3">
                    {t("heartbeat")}: <RelativeTime at={worker.heartbeatAt} /> · {t("group")}: {worker.group} · Node {worker.nodeVersion}
                  </p>
                </div>
                <StatusBadge status={worker.alive ? "worker.alive" : "worker.lost"} />
              </div>
              {worker.alive ? <Disks disks={worker.disks} /> : null}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

const nearlyFull = 0.9;
const full = 0.97;

function Disks({ disks }: { disks: WorkerDto["disks"] }) {
  const t = useTranslations("settings");
  const locale = useLocale();
  return (
    <ul className="grid gap-x-8 gap-y-4 md:grid-cols-3">
      {disks.map((disk) => {
        const used = disk.totalBytes - disk.freeBytes;
        const share = disk.totalBytes === 0 ? 0 : used / disk.totalBytes;
        const usedText = t("used", { share: formatPercent(share, locale) });
        return (
          <li key={`${disk.purpose}-${disk.path}`} className="min-w-0">
            <p className="flex items-baseline justify-between gap-3 text-[0.8125rem]">
              <span className="font-medium">{t(`purposes.${disk.purpose}`)}</span>
              <span className="text-xs text-ink-3 nums">{usedText}</span>
            </p>
            <div className="mt-1.5">
              <Progress
                thin
                label={t(`purposes.${disk.purpose}`)}
                value={used}
                max={disk.totalBytes}
                text={usedText}
                tone={share >= full ? "bad" : share >= nearlyFull ? "warn" : "accent"}
              />
            </div>
            <p className="mt-1.5 text-xs text-ink-2 nums">
              {t("free", { free: formatBytes(disk.freeBytes, locale), total: formatBytes(disk.totalBytes, locale) })}
            </p>
            <p className="truncate text-xs text-ink-3">
              <code className="font-mono">{disk.path}</code>
            </p>
          </li>
        );
      })}
    </ul>
  );
}
