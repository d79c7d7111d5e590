"use client";
/** What can be done with one member: restore it, make a full of it without touching the source, delete it with what needs it. */
import { ArchiveRestore, Ellipsis, FileStack, Trash2 } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useState } from "react";
import type { ChainDetailDto, ChainMemberDto } from "#lib/contracts/chains";
import { formatMinute } from "#lib/format/time";
import { DeleteBackup } from "../backups/delete-backup.tsx";
import { SynthesizeBackup } from "../backups/synthesize-backup.tsx";
import { useCan } from "../shell/me.tsx";
import { IconButton } from "../ui/button.tsx";
import { Menu, type MenuEntry } from "../ui/menu.tsx";

export function MemberActions({ chain, member }: { chain: ChainDetailDto; member: ChainMemberDto }) {
  const t = useTranslations("chains.rail");
  const actions = useTranslations("backups.actions");
  const can = useCan();
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const [dialog, setDialog] = useState<"synthesize" | "delete" | null>(null);
  const close = (open: boolean): void => setDialog(open ? dialog : null);
  const backup = { ...member, sourceName: chain.sourceName };
  const items: MenuEntry[] = [
    ...(can("restores:create") && member.broken === null
      ? [{ label: actions("restore"), icon: ArchiveRestore, href: `/restores/new?backup=${member.id}` }]
      : []),
    ...(can("backups:create") && member.kind !== "full" && member.broken === null
      ? [{ label: actions("synthesize"), icon: FileStack, onSelect: () => setDialog("synthesize") }]
      : []),
    ...(can("backups:delete") ? [{ label: actions("delete"), icon: Trash2, danger: true, onSelect: () => setDialog("delete") }] : []),
  ];
  if (items.length === 0) return null;
  return (
    <>
      <Menu
        trigger={
          <IconButton
            label={t("actionsOf", { time: formatMinute(member.snapshotAt, settings) })}
            icon={Ellipsis}
            size="sm"
            tooltip={false}
          />
        }
        items={items}
      />
      <SynthesizeBackup backup={backup} open={dialog === "synthesize"} onOpenChange={close} />
      <DeleteBackup backup={backup} open={dialog === "delete"} onOpenChange={close} />
    </>
  );
}
