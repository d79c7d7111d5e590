"use client";
/** `<RehearsalNotice source backupId />`: offers a drill of the same backup first: nothing that exists is touched, and it proves something. */
import { useTranslations } from "next-intl";
import type { SourceDto } from "#lib/contracts/sources";
import { StartDrill } from "../drills/start-drill.tsx";
import { useCan } from "../shell/me.tsx";
import { Notice } from "../ui/notice.tsx";

type RehearsalProps = { source: Pick<SourceDto, "id" | "name" | "engine">; backupId: string };

export function RehearsalNotice({ source, backupId }: RehearsalProps) {
  const t = useTranslations("restores.rehearsal");
  const can = useCan();
  if (!can("drills:operate")) return null;
  return (
    <Notice title={t("title")} actions={<StartDrill size="sm" source={source} backupId={backupId} label={t("button")} />}>
      {t("text")}
    </Notice>
  );
}
