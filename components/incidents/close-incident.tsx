"use client";
/** `<CloseIncident incident />`: below the checklist; says what is missing until nothing is. */
import { useTranslations } from "next-intl";
import { useId, useState, type SyntheticEvent } from "react";
import { closeIncident, type IncidentDetailDto } from "#lib/contracts/incidents";
import { incidentChanges } from "#lib/query/incidents";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { toast } from "../ui/toast.tsx";

export function CloseIncident({ incident }: { incident: IncidentDetailDto }) {
  const t = useTranslations("incidents.checklist");
  const [isAsked, setIsAsked] = useState(false);
  const isReady = incident.openItems === 0;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line bg-canvas px-4 py-3.5 sm:px-5">
      <p className="text-[0.8125rem] text-ink-2">{isReady ? t("ready") : t("left", { count: incident.openItems })}</p>
      <Button variant="primary" disabled={!isReady} onClick={() => setIsAsked(true)}>
        {t("close")}
      </Button>
      {isAsked ? <CloseDialog incident={incident} onOpenChange={setIsAsked} /> : null}
    </div>
  );
}

function CloseDialog({ incident, onOpenChange }: { incident: IncidentDetailDto; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("incidents.checklist");
  const form = useId();
  const [note, setNote] = useState("");
  const close = useAction(closeIncident, {
    changes: incidentChanges,
    onDone: ({ number }) => {
      toast({ title: t("closed", { number }) });
      onOpenChange(false);
    },
  });
  const waived = incident.checklist.filter(({ state }) => state === "waived");
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    close.mutate({ params: { id: incident.id }, body: { note }, ifMatch: incident.version });
  };
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={t("closeTitle", { number: incident.number })}
      description={t("closeText")}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form={form} variant="primary" pending={close.isPending}>
            {t("close")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        {waived.length === 0 ? null : (
          <Notice tone="warn">
            {t("closeWaived", { count: waived.length, items: waived.map(({ item }) => t(`items.${item}`)).join(", ") })}
          </Notice>
        )}
        <Field label={t("closeNote")} optional>
          <Textarea value={note} onValueChange={setNote} maxLength={4000} />
        </Field>
        <ProblemNotice error={close.error} />
      </form>
    </Dialog>
  );
}
