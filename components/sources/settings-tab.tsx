"use client";
/** A source's settings: name, environment, notes, what is left out; and its end. */
import { useTranslations } from "next-intl";
import Link from "next/link";
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
import { useDraft } from "../ui/use-draft.ts";
import { afterFailuresDraft, afterFailuresOf } from "./after-failures.ts";
import { AfterFailuresField } from "./after-failures-field.tsx";
import { DeleteSource } from "./delete-source.tsx";
import { LeftOutFields } from "./left-out-fields.tsx";

export function SettingsTab({ source }: { source: SourceDetailDto }) {
  const t = useTranslations("sources.settings");
  const environment = useTranslations("status.environment");
  const gone = useTranslations("sources.delete");
  const incidents = useTranslations("incidents.afterFailures");
  const [draft, change] = useDraft({
    name: source.name,
    environment: source.environment,
    notes: source.notes,
    excludedSchemas: source.excludedSchemas,
    excludedTables: source.excludedTables,
  });
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
    if (failures === undefined) return;
    const body = { ...(source.engine === "sqlite" ? ofFiles : draft), incidentAfterFailures: failures };
    update.mutate({ params: { id: source.id }, body, ifMatch: source.version });
  };
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <p className="text-[0.8125rem] text-ink-2">
        {t.rich("policyMoved", {
          link: (chunks) => (
            <Link href={`/sources/${source.id}?tab=policy`} scroll={false} className="link">
              {chunks}
            </Link>
          ),
        })}
      </p>
      <form onSubmit={submit} className="flex flex-col gap-6">
        <Card title={t("title")}>
          <div className="flex flex-col gap-4">
            <Field label={t("name")} error={errors["name"]}>
              <Input value={draft.name} onValueChange={(name) => change({ name })} required maxLength={120} />
            </Field>
            <div className="flex flex-col gap-1.5">
              <span className="text-[0.8125rem] font-medium text-ink">{t("environment")}</span>
              <Segmented
                label={t("environment")}
                value={draft.environment}
                onValueChange={(next) => change({ environment: next })}
                options={environments.map((value) => ({ value, label: environment(value) }))}
                className="self-start"
              />
            </div>
            <Field label={t("notes")} error={errors["notes"]} optional>
              <Textarea value={draft.notes} onValueChange={(notes) => change({ notes })} maxLength={2000} />
            </Field>
          </div>
        </Card>
        <Card title={incidents("title")}>
          <AfterFailuresField value={afterFailures} onChange={setAfterFailures} />
        </Card>
        {source.engine === "sqlite" ? null : (
          <Card title={t("leaveOut")} description={t("leaveOutHint")}>
            <LeftOutFields sourceId={source.id} value={draft} onChange={change} />
          </Card>
        )}
        <ProblemNotice error={update.error} />
        <div>
          <Button type="submit" variant="primary" pending={update.isPending} disabled={draft.name.trim() === "" || failures === undefined}>
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
