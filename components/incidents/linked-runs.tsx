"use client";
/** `<LinkedRuns incident canChange />`: the runs that an incident is about, newest first, and linking one more. */
import { useQuery } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { useId, useState, type SyntheticEvent } from "react";
import { linkIncidentRun, type IncidentDetailDto } from "#lib/contracts/incidents";
import type { RunDto } from "#lib/contracts/runs";
import { runStates, runTypes } from "#lib/domain/run-state";
import { formatMinute } from "#lib/format/time";
import { incidentChanges } from "#lib/query/incidents";
import { listRunsQuery } from "#lib/query/runs";
import { useAction } from "#lib/query/use-action";
import { useRunTitle } from "../runs/run-title.ts";
import { ProblemNotice } from "../state/error-state.tsx";
import { StatusIcon } from "../status/status-badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Select } from "../ui/select.tsx";

type RunsProps = { incident: IncidentDetailDto; canChange: boolean };

export function LinkedRuns({ incident, canChange }: RunsProps) {
  const t = useTranslations("incidents.runs");
  const [isOpen, setIsOpen] = useState(false);
  const newestFirst = incident.runs.toReversed();
  return (
    <Card
      title={t("title")}
      flush
      actions={
        canChange ? (
          <Button size="sm" icon={Link2} onClick={() => setIsOpen(true)}>
            {t("link")}
          </Button>
        ) : null
      }
    >
      {newestFirst.length === 0 ? (
        <p className="px-4 py-4 text-sm text-ink-3 sm:px-5">{t("none")}</p>
      ) : (
        <ul className="max-h-96 divide-y divide-line/70 overflow-y-auto">
          {newestFirst.map((run) => (
            <LinkedRun key={run.id} run={run} />
          ))}
        </ul>
      )}
      {isOpen ? <LinkDialog incident={incident} onOpenChange={setIsOpen} /> : null}
    </Card>
  );
}

function LinkedRun({ run }: { run: IncidentDetailDto["runs"][number] }) {
  const types = useTranslations("runs.types");
  const states = useTranslations("status.run");
  const type = runTypes.find((known) => known === run.type);
  const state = runStates.find((known) => known === run.state);
  return (
    <li className="relative flex items-start gap-2.5 px-4 py-2.5 hover:bg-hover/60 sm:px-5">
      {state === undefined ? null : <StatusIcon status={`run.${state}`} named={false} className="mt-0.5" />}
      <div className="min-w-0 flex-1">
        <Link href={`/runs/${run.id}`} className="text-sm font-medium after:absolute after:inset-0">
          {type === undefined ? run.type : types(type)}
        </Link>
        <p className="text-xs text-ink-3">
          {state === undefined ? run.state : states(state)}
          {run.finishedAt === null ? null : (
            <>
              , <RelativeTime at={run.finishedAt} />
            </>
          )}
        </p>
      </div>
    </li>
  );
}

function LinkDialog({ incident, onOpenChange }: { incident: IncidentDetailDto; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("incidents.runs");
  const form = useId();
  const nameOf = useRunName();
  const [chosen, setChosen] = useState<string | null>(null);
  const { data } = useQuery(listRunsQuery({ limit: 50, ...(incident.sourceId === null ? {} : { source: incident.sourceId }) }));
  const link = useAction(linkIncidentRun, { changes: incidentChanges, onDone: () => onOpenChange(false) });
  const linked = new Set(incident.runs.map(({ id }) => id));
  const others = (data?.items ?? []).filter(({ id }) => !linked.has(id));
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (chosen !== null) link.mutate({ params: { id: incident.id }, body: { runId: chosen } });
  };
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={t("linkTitle")}
      description={t(incident.sourceId === null ? "linkTextAll" : "linkText")}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form={form} variant="primary" pending={link.isPending} disabled={chosen === null}>
            {t("doLink")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        {data !== undefined && others.length === 0 ? (
          <p className="text-sm text-ink-2">{t("noMore")}</p>
        ) : (
          <Field label={t("choose")}>
            <Select
              value={chosen}
              onValueChange={setChosen}
              options={others.map((run) => ({ value: run.id, label: nameOf(run) }))}
              placeholder="–"
            />
          </Field>
        )}
        <ProblemNotice error={link.error} />
      </form>
    </Dialog>
  );
}

/** What it was, how it ended, and when: enough to tell the failed backup of Tuesday from that of Monday. */
function useRunName(): (run: RunDto) => string {
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const states = useTranslations("status.run");
  const titleOf = useRunTitle();
  return (run) => `${titleOf(run)} · ${states(run.state)} · ${formatMinute(run.queuedAt, settings)}`;
}
