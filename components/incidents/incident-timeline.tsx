"use client";
/** `<IncidentTimeline incident canChange />`: what happened, in order, and the field for one more note. */
import {
  CircleCheck,
  CircleSlash,
  CirclePlay,
  Link2,
  ListChecks,
  MessageSquareText,
  Pencil,
  RotateCcw,
  SignalHigh,
  Siren,
  UserRound,
  type LucideIcon,
} from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useState, type SyntheticEvent } from "react";
import { addIncidentNote, type IncidentDetailDto } from "#lib/contracts/incidents";
import { incidentChanges } from "#lib/query/incidents";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { useTimelineText } from "./timeline-text.ts";

type Entry = IncidentDetailDto["timeline"][number];

const icons: Record<Entry["code"], LucideIcon> = {
  opened: Siren,
  note: MessageSquareText,
  severity: SignalHigh,
  assigned: UserRound,
  title: Pencil,
  "root-cause": ListChecks,
  "run-linked": Link2,
  item: CircleSlash,
  closed: CircleCheck,
  reopened: CirclePlay,
  again: RotateCcw,
};

export function IncidentTimeline({ incident, canChange }: { incident: IncidentDetailDto; canChange: boolean }) {
  const t = useTranslations("incidents.timeline");
  return (
    <Card title={t("title")}>
      <ol className="flex flex-col">
        {incident.timeline.map((entry, index) => (
          <TimelineEntry key={keyOf(entry)} entry={entry} kind={incident.kind} isLast={index === incident.timeline.length - 1} />
        ))}
      </ol>
      {canChange ? <NoteForm incidentId={incident.id} /> : null}
    </Card>
  );
}

/** One request may tell several things at the same moment, each of them once. */
function keyOf({ at, code, params, text }: Entry): string {
  return `${at} ${code} ${JSON.stringify(params)} ${text}`;
}

function TimelineEntry({ entry, kind, isLast }: { entry: Entry; kind: IncidentDetailDto["kind"]; isLast: boolean }) {
  const t = useTranslations("incidents.timeline");
  const textOf = useTimelineText();
  const Icon = entry.code === "item" && entry.params["state"] === "confirmed" ? CircleCheck : icons[entry.code];
  const { runId, drillId } = entry.params;
  return (
    <li className="relative flex gap-3 pb-4">
      {isLast ? null : <span aria-hidden className="absolute top-7 bottom-0 left-3 w-px bg-line" />}
      <span className="grid size-6 shrink-0 place-items-center rounded-full border border-line bg-surface text-ink-3">
        <Icon aria-hidden className="size-3.5" />
      </span>
      <div className="min-w-0 flex-1 pt-0.5">
        <p className="flex flex-wrap items-baseline gap-x-2 text-sm text-ink">
          <span className="font-medium wrap-anywhere">{textOf(entry, kind)}</span>
          {typeof runId === "string" ? <EntryLink href={`/runs/${runId}`} text={t("seeRun")} /> : null}
          {typeof drillId === "string" ? <EntryLink href={`/drills/${drillId}`} text={t("seeDrill")} /> : null}
        </p>
        {entry.text === "" ? null : (
          <p className="mt-1 rounded-lg bg-sunken px-3 py-2 text-sm whitespace-pre-wrap text-ink wrap-anywhere">{entry.text}</p>
        )}
        <p className="mt-0.5 text-xs text-ink-3">
          {entry.actorName}, <RelativeTime at={entry.at} />
        </p>
      </div>
    </li>
  );
}

function EntryLink({ href, text }: { href: string; text: string }) {
  return (
    <Link href={href} className="link text-[0.8125rem]">
      {text}
    </Link>
  );
}

function NoteForm({ incidentId }: { incidentId: string }) {
  const t = useTranslations("incidents.timeline");
  const [text, setText] = useState("");
  const add = useAction(addIncidentNote, { changes: incidentChanges, onDone: () => setText("") });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    add.mutate({ params: { id: incidentId }, body: { text } });
  };
  return (
    <form onSubmit={submit} className="mt-1 flex flex-col gap-3 border-t border-line/70 pt-4">
      <Field label={t("newNote")}>
        <Textarea value={text} onValueChange={setText} placeholder={t("notePlaceholder")} maxLength={4000} />
      </Field>
      <ProblemNotice error={add.error} />
      <div>
        <Button type="submit" size="sm" pending={add.isPending} disabled={text.trim() === ""}>
          {t("addNote")}
        </Button>
      </div>
    </form>
  );
}
