"use client";
/** `<PlaybookField text value onChange />`: the playbook as it shall be from now on; null leaves it as it is. Written on one side, drawn on the other. */
import { Pencil, Undo2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import { Markdown } from "../ui/markdown.tsx";
import { Segmented } from "../ui/segmented.tsx";

type FieldProps = { text: string; value: string | null; onChange: (text: string | null) => void };

export function PlaybookField({ text, value, onChange }: FieldProps) {
  const t = useTranslations("drills.playbookField");
  if (value === null) {
    return (
      <Button size="sm" icon={Pencil} className="self-start" onClick={() => onChange(text)}>
        {t("edit")}
      </Button>
    );
  }
  return (
    <div className="flex flex-col items-start gap-3">
      <PlaybookText value={value} onChange={onChange} />
      <Button size="sm" variant="ghost" icon={Undo2} onClick={() => onChange(null)}>
        {t("keep")}
      </Button>
    </div>
  );
}

/** The text itself, with a look at how it will be drawn. */
export function PlaybookText({
  value,
  onChange,
  disabled = false,
}: {
  value: string;
  onChange: (text: string) => void;
  disabled?: boolean;
}) {
  const t = useTranslations("drills.playbookField");
  const [view, setView] = useState<"write" | "look">("write");
  return (
    <div className="flex w-full flex-col gap-3">
      <Segmented
        label={t("view")}
        value={view}
        onValueChange={setView}
        options={[
          { value: "write", label: t("write") },
          { value: "look", label: t("look") },
        ]}
        className="self-start"
      />
      {view === "write" ? (
        <Field label={t("text")} hint={t("hint")} disabled={disabled}>
          <Textarea mono rows={14} value={value} onValueChange={onChange} maxLength={100_000} />
        </Field>
      ) : (
        <div className="w-full rounded-lg border border-line p-4">
          {value.trim() === "" ? <p className="text-sm text-ink-3">{t("empty")}</p> : <Markdown text={value} />}
        </div>
      )}
    </div>
  );
}
