"use client";
/** `<ReportNotes drillId notes />`: corrections that came after closing, and the field for another one. Nothing of the report itself changes. */
import { MessageSquarePlus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { addReportNote, type ReportDetailDto } from "#lib/contracts/drill-reports";
import { useAction } from "#lib/query/use-action";
import { useCan } from "../shell/me.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";

export function ReportNotes({ drillId, notes }: { drillId: string; notes: ReportDetailDto["notes"] }) {
  const t = useTranslations("reports.page.notes");
  const file = useTranslations("reports.file");
  const can = useCan();
  return (
    <Card id="notes" title={file("sections.notes")} description={file("notesNote")}>
      <div className="flex flex-col gap-4">
        {notes.length === 0 ? (
          <p className="text-sm text-ink-2">{t("none")}</p>
        ) : (
          <ol className="flex flex-col gap-3">
            {notes.map(({ id, at, authorName, text }) => (
              <li key={id} className="border-l-2 border-line-strong pl-3 text-sm">
                <p className="wrap-anywhere whitespace-pre-wrap text-ink">{text}</p>
                <p className="mt-0.5 text-xs text-ink-3">
                  {authorName} · <AbsoluteTime at={at} seconds />
                </p>
              </li>
            ))}
          </ol>
        )}
        {can("drills:operate") ? <AddNote drillId={drillId} /> : null}
      </div>
    </Card>
  );
}

function AddNote({ drillId }: { drillId: string }) {
  const t = useTranslations("reports.page.notes");
  const [text, setText] = useState("");
  const add = useAction(addReportNote, { changes: ["getDrillReport"], onDone: () => setText("") });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    add.mutate({ params: { id: drillId }, body: { text } });
  };
  return (
    <form onSubmit={submit} className="flex flex-col items-start gap-3 border-t border-line/70 pt-4 print:hidden">
      <Field label={t("label")} hint={t("hint")} className="w-full max-w-2xl">
        <Textarea value={text} onValueChange={setText} maxLength={4000} rows={3} />
      </Field>
      <ProblemNotice error={add.error} />
      <Button type="submit" icon={MessageSquarePlus} disabled={text.trim() === ""} pending={add.isPending}>
        {t("add")}
      </Button>
    </form>
  );
}
