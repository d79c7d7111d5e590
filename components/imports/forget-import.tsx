"use client";
/** `<ForgetImport imported={imported} />`: cancels an upload or forgets an import, and says what goes with it and what stays. */
import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { deleteImport, type ImportDto } from "#lib/contracts/imports";
import { formatBytes } from "#lib/format/bytes";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";

type ForgetImportProps = {
  imported: ImportDto;
  /** Called when the question is asked: an upload stops then. */
  onBefore?: () => void;
  /** In a row: an icon, and the page stays. */
  row?: boolean;
};

export function ForgetImport({ imported, onBefore, row = false }: ForgetImportProps) {
  const t = useTranslations("imports.forget");
  const locale = useLocale();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { id, fileName, origin, state, receivedBytes } = imported;
  const forget = useAction(deleteImport, {
    // Its own page is left, so what it showed is not asked for again: it is gone.
    changes: ["listImports"],
    onDone: () => {
      setOpen(false);
      toast({ title: t("done", { name: fileName }) });
      if (!row) router.push("/imports");
    },
  });
  const ask = (): void => {
    onBefore?.();
    setOpen(true);
  };
  const label = state === "uploading" ? t("cancel") : t("button");
  return (
    <>
      {row ? (
        <IconButton size="sm" icon={Trash2} label={`${label}: ${fileName}`} onClick={ask} className="relative z-10" />
      ) : (
        <Button variant="danger-ghost" icon={Trash2} onClick={ask}>
          {label}
        </Button>
      )}
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={t("title", { name: fileName })}
        confirm={
          origin === "upload" && receivedBytes > 0 && state !== "done"
            ? t("confirmSize", { size: formatBytes(receivedBytes, locale) })
            : t("confirm")
        }
        pending={forget.isPending}
        onConfirm={() => forget.mutate({ params: { id } })}
      >
        <p>{origin === "folder" ? t("folder") : t("upload")}</p>
        {state === "done" ? <p>{t("backupStays")}</p> : null}
        <ProblemNotice error={forget.error} />
      </ConfirmDialog>
    </>
  );
}
