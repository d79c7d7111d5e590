"use client";
/** `<CancelRun run={run} />`: asks before it asks the worker to stop, and says what is removed. */
import { CircleStop } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { cancelRun, type RunDetailDto } from "#lib/contracts/runs";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";

export function CancelRun({ run }: { run: RunDetailDto }) {
  const t = useTranslations("runs.cancel");
  const [open, setOpen] = useState(false);
  const cancel = useAction(cancelRun, {
    changes: ["getRun", "listRuns", "getOverview"],
    onDone: () => {
      setOpen(false);
      toast({ title: t("done") });
    },
  });
  const lost = run.type === "backup" || run.type === "restore" ? t(run.type) : t("other");
  return (
    <>
      <Button icon={CircleStop} disabled={run.cancelRequested} onClick={() => setOpen(true)}>
        {t("button")}
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={t("title")}
        confirm={t("confirm")}
        pending={cancel.isPending}
        onConfirm={() => cancel.mutate({ params: { id: run.id } })}
      >
        <p>{lost}</p>
        <ProblemNotice error={cancel.error} />
      </ConfirmDialog>
    </>
  );
}
