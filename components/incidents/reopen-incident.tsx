"use client";
/** `<ReopenIncident incident />`: opens a closed one again, saying why. */
import { useTranslations } from "next-intl";
import { useId, useState, type SyntheticEvent } from "react";
import { reopenIncident, type IncidentDetailDto } from "#lib/contracts/incidents";
import { incidentChanges } from "#lib/query/incidents";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import { toast } from "../ui/toast.tsx";

export function ReopenIncident({ incident }: { incident: IncidentDetailDto }) {
  const t = useTranslations("incidents.checklist");
  const form = useId();
  const [isAsked, setIsAsked] = useState(false);
  const [note, setNote] = useState("");
  const reopen = useAction(reopenIncident, {
    changes: incidentChanges,
    onDone: ({ number }) => {
      toast({ title: t("reopened", { number }) });
      setIsAsked(false);
    },
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    reopen.mutate({ params: { id: incident.id }, body: { note }, ifMatch: incident.version });
  };
  return (
    <>
      <Button onClick={() => setIsAsked(true)}>{t("reopen")}</Button>
      <Dialog
        open={isAsked}
        onOpenChange={setIsAsked}
        title={t("reopenTitle", { number: incident.number })}
        footer={
          <>
            <DialogCancel />
            <Button type="submit" form={form} variant="primary" pending={reopen.isPending} disabled={note.trim() === ""}>
              {t("doReopen")}
            </Button>
          </>
        }
      >
        <form id={form} onSubmit={submit} className="flex flex-col gap-4">
          <Field label={t("reopenNote")}>
            <Textarea value={note} onValueChange={setNote} required maxLength={4000} />
          </Field>
          <ProblemNotice error={reopen.error} />
        </form>
      </Dialog>
    </>
  );
}
