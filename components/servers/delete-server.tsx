"use client";
/** `<DeleteServer server={server} />`: removes a server that no source uses; else says what blocks it. */
import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { deleteServer, type ServerDto } from "#lib/contracts/servers";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { toast } from "../ui/toast.tsx";

export function DeleteServer({ server }: { server: ServerDto }) {
  const t = useTranslations("servers.delete");
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const remove = useAction(deleteServer, {
    changes: ["listServers"],
    onDone: () => {
      toast({ title: t("done", { name: server.name }) });
      router.push("/settings/servers");
    },
  });
  const blocked = server.sourceCount > 0;
  return (
    <>
      <Button variant="danger-ghost" icon={Trash2} onClick={() => setOpen(true)}>
        {t("button")}
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={t("title", { name: server.name })}
        confirm={t("confirm")}
        disabled={blocked}
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ params: { id: server.id }, ifMatch: server.version })}
      >
        {blocked ? <Notice tone="warn">{t("blocked", { count: server.sourceCount })}</Notice> : <p>{t("text")}</p>}
        <ProblemNotice error={remove.error} />
      </ConfirmDialog>
    </>
  );
}
