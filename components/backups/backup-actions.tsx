"use client";
/** What can be done with a backup: restore, verify, download, edit, pin, delete; each only for whom it is allowed. */
import { useQuery } from "@tanstack/react-query";
import { ArchiveRestore, Download, Ellipsis, FileStack, Link2, Pencil, Pin, PinOff, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { updateBackup, type BackupDetailDto } from "#lib/contracts/backups";
import { getSourceQuery } from "#lib/query/sources";
import { useAction } from "#lib/query/use-action";
import { StartDrill } from "../drills/start-drill.tsx";
import { useCan } from "../shell/me.tsx";
import { useProblemText } from "../state/error-state.tsx";
import { ButtonLink, IconButton } from "../ui/button.tsx";
import { Menu, type MenuEntry } from "../ui/menu.tsx";
import { toast } from "../ui/toast.tsx";
import { DeleteBackup } from "./delete-backup.tsx";
import { EditBackup } from "./edit-backup.tsx";
import { downloadUrl } from "./files-tab.tsx";
import { SynthesizeBackup } from "./synthesize-backup.tsx";
import { TrashedActions } from "./trashed-actions.tsx";
import { VerifyButton } from "./verify-button.tsx";

export function BackupActions({ backup }: { backup: BackupDetailDto }) {
  const t = useTranslations("backups.actions");
  const files = useTranslations("backups.files");
  const can = useCan();
  const { data: source } = useQuery({
    ...getSourceQuery(backup.sourceId),
    enabled: can("drills:read"),
    refetchInterval: false,
    retry: false,
  });
  const tell = useProblemText();
  const [dialog, setDialog] = useState<"edit" | "synthesize" | "delete" | null>(null);
  const pin = useAction(updateBackup, {
    changes: ["getBackup", "listBackups"],
    onDone: ({ pinned }) => toast({ title: pinned ? t("pinned") : t("unpinned") }),
    onProblem: (error) => toast({ tone: "bad", title: tell(error).message, text: tell(error).hint }),
  });
  const togglePin = (): void => pin.mutate({ params: { id: backup.id }, body: { pinned: !backup.pinned }, ifMatch: backup.version });
  const close = (open: boolean): void => setDialog(open ? dialog : null);
  if (backup.state === "trashed") return can("backups:delete") ? <TrashedActions backup={backup} /> : null;
  if (backup.state !== "available") return null;
  const items: MenuEntry[] = [
    ...(can("backups:download")
      ? [
          {
            label: files("asPlain", { extension: backup.extension }),
            icon: Download,
            href: downloadUrl(backup.id, "dump"),
            external: true,
          },
          { label: files("asStored"), icon: Download, href: downloadUrl(backup.id, "stored"), external: true },
        ]
      : []),
    { label: t("openChain"), icon: Link2, href: `/chains/${backup.chainId}#${backup.id}` },
    ...(can("backups:create") && backup.kind !== "full" && backup.broken === null
      ? [{ label: t("synthesize"), icon: FileStack, onSelect: () => setDialog("synthesize") }]
      : []),
    ...(can("backups:edit")
      ? [
          { label: t("edit"), icon: Pencil, onSelect: () => setDialog("edit") },
          { label: backup.pinned ? t("unpin") : t("pin"), icon: backup.pinned ? PinOff : Pin, onSelect: togglePin },
        ]
      : []),
    ...(can("backups:delete")
      ? ["line" as const, { label: t("delete"), icon: Trash2, danger: true, onSelect: () => setDialog("delete") }]
      : []),
  ];
  return (
    <>
      {can("backups:verify") ? <VerifyButton backupId={backup.id} /> : null}
      {source !== undefined && backup.broken === null ? <StartDrill source={source} backupId={backup.id} label={t("prove")} /> : null}
      {can("restores:create") && backup.broken === null ? (
        <ButtonLink variant="primary" icon={ArchiveRestore} href={`/restores/new?backup=${backup.id}`}>
          {t("restore")}
        </ButtonLink>
      ) : null}
      <Menu trigger={<IconButton label={t("more")} icon={Ellipsis} variant="secondary" tooltip={false} />} items={items} />
      <EditBackup key={`${backup.version}-${dialog === "edit"}`} backup={backup} open={dialog === "edit"} onOpenChange={close} />
      <SynthesizeBackup backup={backup} open={dialog === "synthesize"} onOpenChange={close} />
      <DeleteBackup backup={backup} open={dialog === "delete"} onOpenChange={close} />
    </>
  );
}
