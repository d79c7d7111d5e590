"use client";
/** `<BackupMarks backup={backup} />`: what stands out in a list: pinned, made before a replacement, unusual beside the ones before, warned about. */
import { clsx } from "clsx";
import { LifeBuoy, Pin, TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import type { BackupDto } from "#lib/contracts/backups";
import { Tooltip } from "../ui/tooltip.tsx";

export function BackupMarks({ backup, className }: { backup: Pick<BackupDto, "pinned" | "anomalies" | "trigger">; className?: string }) {
  const t = useTranslations("backups");
  const unusual = backup.anomalies.length;
  const isSafety = backup.trigger === "safety";
  if (!backup.pinned && !isSafety && unusual === 0) return null;
  return (
    <span className={clsx("inline-flex shrink-0 items-center gap-1.5 align-middle", className)}>
      {backup.pinned ? (
        <Tooltip text={t("pinned")}>
          <Pin role="img" aria-label={t("pinned")} className="size-3.5 text-ink-3" />
        </Tooltip>
      ) : null}
      {isSafety ? (
        <Tooltip text={t("safety")}>
          <LifeBuoy role="img" aria-label={t("safety")} className="size-3.5 text-ink-3" />
        </Tooltip>
      ) : null}
      {unusual === 0 ? null : (
        <Tooltip text={t("anomalies", { count: unusual })}>
          <TriangleAlert role="img" aria-label={t("anomalies", { count: unusual })} className="size-3.5 text-warn" />
        </Tooltip>
      )}
    </span>
  );
}
