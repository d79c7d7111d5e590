"use client";
/** `<DecideItem incident decision={{ item, state: "waived" }} onDone={…} />`: confirming with a note, or waiving with the reason that must be there. */
import { useTranslations } from "next-intl";
import { useId, useState, type SyntheticEvent } from "react";
import { setIncidentItem, type IncidentDetailDto } from "#lib/contracts/incidents";
import type { IncidentItem } from "#lib/domain/incident-state";
import { incidentChanges } from "#lib/query/incidents";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";

export type Decision = { readonly item: IncidentItem; readonly state: "confirmed" | "waived" };

export function DecideItem({ incident, decision, onDone }: { incident: IncidentDetailDto; decision: Decision; onDone: () => void }) {
  const t = useTranslations("incidents.checklist");
  const form = useId();
  const [note, setNote] = useState("");
  const set = useAction(setIncidentItem, { changes: incidentChanges, onDone });
  const { item, state } = decision;
  const isWaived = state === "waived";
  // The API refuses it, too: nothing can be confirmed that nobody wrote down.
  const lacksCause = item === "root-cause" && !isWaived && incident.rootCause === "";
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    set.mutate({ params: { id: incident.id }, body: { item, state, note }, ifMatch: incident.version });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onDone())}
      title={t(isWaived ? "waiveTitle" : "confirmTitle", { item: t(`items.${item}`) })}
      description={t(`what.${item}`)}
      footer={
        <>
          <DialogCancel />
          <Button
            type="submit"
            form={form}
            variant="primary"
            pending={set.isPending}
            disabled={lacksCause || (isWaived && note.trim() === "")}
          >
            {t(isWaived ? "doWaive" : "doConfirm")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        {lacksCause ? <Notice tone="warn">{t("noCause")}</Notice> : null}
        <Field label={t(isWaived ? "waiveNote" : "confirmNote")} hint={isWaived ? t("waiveHint") : undefined} optional={!isWaived}>
          <Textarea value={note} onValueChange={setNote} required={isWaived} maxLength={2000} rows={4} />
        </Field>
        <ProblemNotice error={set.error} />
      </form>
    </Dialog>
  );
}
