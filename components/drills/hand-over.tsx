"use client";
/** `<HandOver drill open onOpenChange />`: makes another admin the operator. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { handOverDrill } from "#lib/contracts/drills";
import { listUsersQuery } from "#lib/query/people";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { toast } from "../ui/toast.tsx";
import type { DrillDialogProps } from "./pause-drill.tsx";
import { useDrillAction } from "./use-drill-action.ts";

export function HandOver({ drill, open, onOpenChange }: DrillDialogProps) {
  const t = useTranslations("drills.wizard.handOver");
  const [userId, setUserId] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const { data: people, error } = useQuery({
    ...listUsersQuery({ role: "admin", state: "active", limit: 200 }),
    enabled: open,
    refetchInterval: false,
  });
  const handOver = useDrillAction(handOverDrill, drill.id, {
    quiet: true,
    onDone: ({ operatorName }) => {
      toast({ title: t("done", { name: operatorName }) });
      onOpenChange(false);
    },
  });
  const others = people?.items.filter(({ id }) => id !== drill.operatorId) ?? [];
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (userId !== null) handOver.mutate({ params: { id: drill.id }, body: { userId, note } });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("title")}
      description={t("text", { name: drill.operatorName })}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form="hand-over-drill" variant="primary" pending={handOver.isPending} disabled={userId === null}>
            {t("confirm")}
          </Button>
        </>
      }
    >
      <form id="hand-over-drill" onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("to")} hint={people !== undefined && others.length === 0 ? t("nobody") : undefined}>
          <Select
            value={userId}
            onValueChange={setUserId}
            placeholder={t("choose")}
            options={others.map(({ id, name, email }) => ({ value: id, label: name, hint: email }))}
          />
        </Field>
        <Field label={t("note")} optional>
          <Input value={note} onValueChange={(next) => setNote(next)} maxLength={500} />
        </Field>
        <ProblemNotice error={handOver.error ?? error} />
      </form>
    </Dialog>
  );
}
