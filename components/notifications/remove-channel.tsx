"use client";
/** `<RemoveChannel channel />`: says what is dropped, and whether anybody is told afterwards. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { deleteChannel, type ChannelDto } from "#lib/contracts/notifications";
import { listChannelsQuery } from "#lib/query/notifications";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { toast } from "../ui/toast.tsx";

export function RemoveChannel({ channel }: { channel: ChannelDto }) {
  const t = useTranslations("notifications.remove");
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { data } = useQuery({ ...listChannelsQuery(), enabled: open });
  const isLast = data !== undefined && !data.items.some(({ id, enabled }) => id !== channel.id && enabled);
  const remove = useAction(deleteChannel, {
    changes: ["listChannels", "listAuditEvents"],
    onDone: () => {
      toast({ title: t("done", { name: channel.name }) });
      router.push("/settings/notifications");
    },
  });
  return (
    <Card
      title={t("section")}
      description={t("sectionText")}
      actions={
        <Button size="sm" variant="danger-ghost" onClick={() => setOpen(true)}>
          {t("button")}
        </Button>
      }
      className="[&>div]:hidden"
    >
      <ConfirmDialog
        open={open}
        onOpenChange={(next) => {
          if (!next) remove.reset();
          setOpen(next);
        }}
        title={t("title", { name: channel.name })}
        confirm={t("confirm")}
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ params: { id: channel.id }, ifMatch: channel.version })}
      >
        <p>{t("text", { pending: channel.pending })}</p>
        {isLast ? <p className="font-medium text-ink">{t("last")}</p> : null}
        <ProblemNotice error={remove.error} />
      </ConfirmDialog>
    </Card>
  );
}
