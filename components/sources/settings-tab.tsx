"use client";
/** A source's settings: name, environment, notes, what is left out; and its end. */
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { updateSource, type SourceDetailDto } from "#lib/contracts/sources";
import { environments } from "#lib/domain/backup-state";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { fieldErrors } from "../state/problem-of.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Input, Textarea } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { toast } from "../ui/toast.tsx";
import { afterFailuresDraft, afterFailuresOf } from "./after-failures.ts";
import { AfterFailuresField } from "./after-failures-field.tsx";
import { DeleteSource } from "./delete-source.tsx";
import { keepLastDraft, keepLastOf } from "./keep-last.ts";
import { KeepLastField } from "./keep-last-field.tsx";
import { LeftOutFields } from "./left-out-fields.tsx";

export function SettingsTab({ source }: { source: SourceDetailDto }) {
  const t = useTranslations("sources.settings");
  const environment = useTranslations("status.environment");
  const gone = useTranslations("sources.delete");
  const incidents = useTranslations("incidents.afterFailures");
  const [draft, setDraft] = useState({
    name: source.name,
    environment: source.environment,
    notes: source.notes,
    excludedSchemas: source.excludedSchemas,
    excludedTables: source.excludedTables,
  });
  const [keepLast, setKeepLast] = useState(() => keepLastDraft(source.keepLast));
  const kept = keepLastOf(keepLast);
  const [afterFailures, setAfterFailures] = useState(() => afterFailuresDraft(source.incidentAfterFailures));
  const failures = afterFailuresOf(afterFailures);
  // A file is backed up whole: it has no schemas, and its tables are not told apart.
  const { excludedSchemas: _schemas, excludedTables: _tables, ...ofFiles } = draft;
  const update = useAction(updateSource, {
    changes: ["getSource", "listSources", "listSourceNames", "listSourceTables"],
    onDone: ({ name }) => toast({ title: t("saved", { name }) }),
  });
  const errors = fieldErrors(update.error);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (kept === undefined || failures === undefined) return;
    const body = { ...(source.engine === "sqlite" ? ofFiles : draft), keepLast: kept, incidentAfterFailures: failures };
    update.mutate({ params: { id: source.id }, body, ifMatch: source.version });
  };
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <form onSubmit={submit} className="flex flex-col gap-6">
        <Card title={t("title")}>
          <div className="flex flex-col gap-4">
            <Field label={t("name")} error={errors["name"]}>
              <Input value={draft.name} onValueChange={(name) => setDraft({ ...draft, name })} required maxLength={120} />
            </Field>
            <div className="flex flex-col gap-1.5">
              <span className="text-[0.8125rem] font-medium text-ink">{t("environment")}</span>
              <Segmented
                label={t("environment")}
                value={draft.environment}
                onValueChange={(next) => setDraft({ ...draft, environment: next })}
                options={environments.map((value) => ({ value, label: environment(value) }))}
                className="self-start"
              />
            </div>
            <Field label={t("notes")} error={errors["notes"]} optional>
              <Textarea value={draft.notes} onValueChange={(notes) => setDraft({ ...draft, notes })} maxLength={2000} />
            </Field>
          </div>
        </Card>
        <Card title={t("retention")}>
          <KeepLastField value={keepLast} onChange={setKeepLast} backupCount={source.keepLast === kept ? 0 : source.backupCount} />
        </Card>
        <Card title={incidents("title")}>
          <AfterFailuresField value={afterFailures} onChange={setAfterFailures} />
        </Card>
        {source.engine === "sqlite" ? null : (
          <Card title={t("leaveOut")} description={t("leaveOutHint")}>
            <LeftOutFields sourceId={source.id} value={draft} onChange={(change) => setDraft({ ...draft, ...change })} />
          </Card>
        )}
        <ProblemNotice error={update.error} />
        <div>
          <Button
            type="submit"
            variant="primary"
            pending={update.isPending}
            disabled={draft.name.trim() === "" || kept === undefined || failures === undefined}
          >
            {t("save")}
          </Button>
        </div>
      </form>
      <Card title={gone("section")} description={gone("lead")} actions={<DeleteSource source={source} />}>
        <p className="text-[0.8125rem] text-ink-2">{gone("hint")}</p>
      </Card>
    </div>
  );
}
