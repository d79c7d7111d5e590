"use client";
/** `<KeepLastField value={draft} onChange={setDraft} backupCount={9} />`: keep all backups, or the last so many, with what that means now. */
import { useTranslations } from "next-intl";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { Switch } from "../ui/switch.tsx";
import { type KeepLastDraft, keepLastOf, mostKept, wouldGo } from "./keep-last.ts";

type KeepLastFieldProps = { value: KeepLastDraft; onChange: (value: KeepLastDraft) => void; backupCount?: number };

export function KeepLastField({ value, onChange, backupCount = 0 }: KeepLastFieldProps) {
  const t = useTranslations("sources.keepLast");
  const kept = keepLastOf(value);
  const going = wouldGo(kept, backupCount);
  return (
    <div className="flex flex-col gap-3">
      <Switch checked={value.on} onCheckedChange={(on) => onChange({ ...value, on })} label={t("label")} hint={t("hint")} />
      {value.on ? (
        <Field label={t("count")} error={kept === undefined ? t("invalid", { most: mostKept }) : undefined} className="max-w-44">
          <Input inputMode="numeric" value={value.count} onValueChange={(count) => onChange({ ...value, count })} maxLength={5} />
        </Field>
      ) : null}
      {going === 0 ? null : <Notice tone="warn">{t("wouldGo", { count: going })}</Notice>}
    </div>
  );
}
