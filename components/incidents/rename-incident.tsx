"use client";
/** `<RenameIncident incident />`: gives it a title of somebody's own. */
import { Pencil } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState, type SyntheticEvent } from "react";
import { updateIncident, type IncidentDetailDto } from "#lib/contracts/incidents";
import { incidentChanges } from "#lib/query/incidents";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { useIncidentTitle } from "./incident-title.ts";

export function RenameIncident({ incident }: { incident: IncidentDetailDto }) {
  const t = useTranslations("incidents.one");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button icon={Pencil} onClick={() => setIsOpen(true)}>
        {t("rename")}
      </Button>
      {isOpen ? <RenameDialog incident={incident} onOpenChange={setIsOpen} /> : null}
    </>
  );
}

function RenameDialog({ incident, onOpenChange }: { incident: IncidentDetailDto; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("incidents.one");
  const common = useTranslations("common");
  const form = useId();
  const shown = useIncidentTitle()(incident);
  const [title, setTitle] = useState(shown);
  const update = useAction(updateIncident, { changes: incidentChanges, onDone: () => onOpenChange(false) });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    // Lifeboat's own words stay its own, in every language, until somebody really changes them.
    if (title.trim() === shown) onOpenChange(false);
    else update.mutate({ params: { id: incident.id }, body: { title }, ifMatch: incident.version });
  };
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={t("renameTitle")}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form={form} variant="primary" pending={update.isPending} disabled={title.trim() === ""}>
            {common("save")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("titleField")}>
          <Input value={title} onValueChange={setTitle} required maxLength={200} />
        </Field>
        <ProblemNotice error={update.error} />
      </form>
    </Dialog>
  );
}
