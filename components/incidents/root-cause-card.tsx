"use client";
/** `<RootCauseCard incident canChange />`: why it happened, written down and changed in place. */
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { updateIncident, type IncidentDetailDto } from "#lib/contracts/incidents";
import { incidentChanges } from "#lib/query/incidents";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";

export function RootCauseCard({ incident, canChange }: { incident: IncidentDetailDto; canChange: boolean }) {
  const t = useTranslations("incidents.cause");
  const [draft, setDraft] = useState<string | null>(null);
  const { rootCause } = incident;
  return (
    <Card
      title={t("title")}
      description={t("lead")}
      actions={
        canChange && draft === null ? (
          <Button size="sm" onClick={() => setDraft(rootCause)}>
            {rootCause === "" ? t("edit") : t("change")}
          </Button>
        ) : null
      }
    >
      {draft !== null && canChange ? (
        <CauseForm incident={incident} draft={draft} onChange={setDraft} onDone={() => setDraft(null)} />
      ) : (
        <p className={rootCause === "" ? "text-sm text-ink-3" : "text-sm whitespace-pre-wrap text-ink wrap-anywhere"}>
          {rootCause === "" ? t("none") : rootCause}
        </p>
      )}
    </Card>
  );
}

type FormProps = { incident: IncidentDetailDto; draft: string; onChange: (draft: string) => void; onDone: () => void };

function CauseForm({ incident, draft, onChange, onDone }: FormProps) {
  const t = useTranslations("incidents.cause");
  const common = useTranslations("common");
  const update = useAction(updateIncident, { changes: incidentChanges, onDone });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    update.mutate({ params: { id: incident.id }, body: { rootCause: draft }, ifMatch: incident.version });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field label={t("field")}>
        <Textarea value={draft} onValueChange={onChange} maxLength={10_000} rows={6} />
      </Field>
      <ProblemNotice error={update.error} />
      <div className="flex gap-2">
        <Button type="submit" size="sm" variant="primary" pending={update.isPending}>
          {t("save")}
        </Button>
        <Button size="sm" variant="ghost" onClick={onDone}>
          {common("cancel")}
        </Button>
      </div>
    </form>
  );
}
