"use client";
/** `<OpenIncident />`, or `<OpenIncident runId={run.id} sourceId={run.sourceId} />` on what it is about: opens one by hand. */
import { useQuery } from "@tanstack/react-query";
import { Siren } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useId, useState, type SyntheticEvent } from "react";
import { openIncident } from "#lib/contracts/incidents";
import { incidentSeverities, type IncidentSeverity } from "#lib/domain/incident-state";
import { incidentChanges } from "#lib/query/incidents";
import { listSourceNamesQuery } from "#lib/query/sources";
import { useAction } from "#lib/query/use-action";
import { useCan } from "../shell/me.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { fieldErrors } from "../state/problem-of.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input, Textarea } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { useDraft } from "../ui/use-draft.ts";

type About = { runId?: string; sourceId?: string | null; title?: string; small?: boolean };

export function OpenIncident(about: About) {
  const t = useTranslations("incidents.open");
  const can = useCan();
  const [isOpen, setIsOpen] = useState(false);
  if (!can("incidents:write")) return null;
  return (
    <>
      <Button icon={Siren} size={about.small === true ? "sm" : "md"} onClick={() => setIsOpen(true)}>
        {t("button")}
      </Button>
      {isOpen ? <OpenDialog about={about} onOpenChange={setIsOpen} /> : null}
    </>
  );
}

const none = "none";

function OpenDialog({ about, onOpenChange }: { about: About; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("incidents.open");
  const severityName = useTranslations("status.severity");
  const router = useRouter();
  const form = useId();
  const [draft, change] = useDraft({
    title: about.title ?? "",
    severity: "medium" as IncidentSeverity,
    source: about.sourceId ?? none,
    note: "",
  });
  const { data: names } = useQuery(listSourceNamesQuery());
  const open = useAction(openIncident, { changes: incidentChanges, onDone: ({ id }) => router.push(`/incidents/${id}`) });
  const errors = fieldErrors(open.error);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    open.mutate({
      body: {
        title: draft.title,
        severity: draft.severity,
        note: draft.note,
        ...(draft.source === none ? {} : { sourceId: draft.source }),
        ...(about.runId === undefined ? {} : { runId: about.runId }),
      },
    });
  };
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={t("title")}
      description={t("lead")}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form={form} variant="primary" pending={open.isPending} disabled={draft.title.trim() === ""}>
            {t("confirm")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("name")} hint={t("nameHint")} error={errors["title"]}>
          <Input value={draft.title} onValueChange={(title) => change({ title })} required maxLength={200} />
        </Field>
        <div className="flex flex-col gap-1.5">
          <span className="text-[0.8125rem] font-medium text-ink">{t("severity")}</span>
          <Segmented
            label={t("severity")}
            value={draft.severity}
            onValueChange={(severity) => change({ severity })}
            options={incidentSeverities.map((value) => ({ value, label: severityName(value) }))}
            className="self-start"
          />
        </div>
        <Field label={t("source")}>
          <Select
            value={draft.source}
            onValueChange={(source) => change({ source })}
            options={[{ value: none, label: t("sourceNone") }, ...(names?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
          />
        </Field>
        <Field label={t("note")} error={errors["note"]} hint={about.runId === undefined ? undefined : t("fromRun")} optional>
          <Textarea value={draft.note} onValueChange={(note) => change({ note })} maxLength={4000} rows={4} />
        </Field>
        <ProblemNotice error={open.error} />
      </form>
    </Dialog>
  );
}
