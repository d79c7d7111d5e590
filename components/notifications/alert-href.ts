import type { AlertDto } from "#lib/contracts/notifications";

/** Where an alert is dealt with. */
export function alertHref({ code, sourceId }: Pick<AlertDto, "code" | "sourceId">): string | null {
  switch (code) {
    case "disk-nearly-full":
    case "clock-suspect":
      return "/settings";
    case "destination-unreachable":
      return "/settings/storage";
    case "gate-failed":
      return sourceId === null ? "/activity/gates" : `/activity/gates?source=${sourceId}`;
    case "drill-due":
    case "drill-overdue":
    case "drill-failed":
      return sourceId === null ? "/drills" : `/drills?source=${sourceId}`;
    case "fingerprint-diverged":
      return sourceId === null ? null : `/sources/${sourceId}?tab=fingerprint`;
    case "clean-up-failed":
      return sourceId === null ? null : `/sources/${sourceId}?tab=policy`;
    case "verification-failed":
    case "size-anomaly":
      return sourceId === null ? null : `/sources/${sourceId}?tab=backups`;
    case "backup-failed":
    case "backup-missed":
      return sourceId === null ? null : `/sources/${sourceId}`;
    case "weekly-digest":
      return null;
  }
}
