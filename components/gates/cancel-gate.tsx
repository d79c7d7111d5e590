"use client";
/** `<CancelGate gate />`: gives a deployment up that is not decided yet. */
import { useTranslations } from "next-intl";
import { useState } from "react";
import { cancelGate, type GateDto } from "#lib/contracts/gates";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";

export function CancelGate({ gate }: { gate: GateDto }) {
  const t = useTranslations("gates.cancel");
  const [open, setOpen] = useState(false);
  const cancel = useAction(cancelGate, {
    changes: ["getGate", "listGates", "listRuns", "getOverview"],
    onDone: () => {
      setOpen(false);
      toast({ title: t("done") });
    },
  });
  return (
    <>
      <Button variant="danger-ghost" onClick={() => setOpen(true)}>
        {t("button")}
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={(next) => {
          if (!next) cancel.reset();
          setOpen(next);
        }}
        title={t("title")}
        confirm={t("confirm")}
        pending={cancel.isPending}
        onConfirm={() => cancel.mutate({ params: { id: gate.id } })}
      >
        <p>{t("text")}</p>
        <ProblemNotice error={cancel.error} />
      </ConfirmDialog>
    </>
  );
}
