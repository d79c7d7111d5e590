"use client";
/** `<DeleteSource source={source} />`: stops protecting a database; its backups are kept, moved to the trash, or deleted for good, by choice and with numbers. */
import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { deleteSource, type SourceDto } from "#lib/contracts/sources";
import { formatBytes } from "#lib/format/bytes";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { toast } from "../ui/toast.tsx";

export function DeleteSource({ source }: { source: SourceDto }) {
  const t = useTranslations("sources.delete");
  const locale = useLocale();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [backups, setBackups] = useState<"keep" | "trash" | "now">("keep");
  const remove = useAction(deleteSource, {
    changes: ["listSources", "listSourceNames", "listServers", "getServer", "listBackups", "listTrash", "getOverview", "listRuns"],
    onDone: () => {
      toast({ title: t("done", { name: source.name }) });
      router.push("/sources");
    },
  });
  const numbers = { count: source.backupCount, size: formatBytes(source.storedBytes, locale) };
  const confirm =
    source.backupCount === 0
      ? t("confirmNone")
      : t(backups === "keep" ? "confirmKeep" : backups === "trash" ? "confirmTrash" : "confirmRemove", numbers);
  return (
    <>
      <Button variant="danger-ghost" icon={Trash2} onClick={() => setOpen(true)}>
        {t("button")}
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={t("title", { name: source.name })}
        confirm={confirm}
        pending={remove.isPending}
        mustType={backups === "now" && source.backupCount > 0 ? source.name : undefined}
        onConfirm={() => {
          const query = backups === "keep" ? { backups } : { backups: "delete" as const, when: backups };
          remove.mutate({ params: { id: source.id }, query, ifMatch: source.version });
        }}
      >
        <p>{t("lead")}</p>
        {source.backupCount === 0 ? (
          <p>{t("noBackups")}</p>
        ) : (
          <RadioCards
            label={t("choice")}
            value={backups}
            onValueChange={setBackups}
            options={[
              { value: "keep", label: t("keep", numbers), hint: t("keepHint") },
              { value: "trash", label: t("trash", numbers), hint: t("trashHint") },
              { value: "now", label: t("remove", numbers), hint: t("removeHint") },
            ]}
          />
        )}
        <ProblemNotice error={remove.error} />
      </ConfirmDialog>
    </>
  );
}
