"use client";
/** What can be done with a backup in the trash: take it out there, or delete it for good before its time is over. */
import { Trash2, Undo2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { BackupDetailDto } from "#lib/contracts/backups";
import { Button, ButtonLink } from "../ui/button.tsx";
import { DeleteBackup } from "./delete-backup.tsx";

export function TrashedActions({ backup }: { backup: BackupDetailDto }) {
  const t = useTranslations("backups");
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="danger-ghost" icon={Trash2} onClick={() => setOpen(true)}>
        {t("delete.forGood")}
      </Button>
      <ButtonLink icon={Undo2} href={`/trash?source=${backup.sourceId}`}>
        {t("actions.openTrash")}
      </ButtonLink>
      <DeleteBackup backup={backup} open={open} onOpenChange={setOpen} isTrashed />
    </>
  );
}
