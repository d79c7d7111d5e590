"use client";
/** `<GroupField value onChange error />`: the group of workers that takes the runs, chosen from those that are there or typed; one that nobody serves is said so. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useId } from "react";
import { getSystemStatusQuery } from "#lib/query/system";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";

type GroupProps = { value: string; onChange: (group: string) => void; error: string | undefined };

export function GroupField({ value, onChange, error }: GroupProps) {
  const t = useTranslations("schedules.editor");
  const list = useId();
  const { data: system } = useQuery(getSystemStatusQuery());
  const groups = [...new Set((system?.workers ?? []).filter(({ alive }) => alive).map(({ group }) => group))].toSorted();
  const group = value.trim();
  const isUnserved = system !== undefined && error === undefined && group !== "" && !groups.includes(group);
  return (
    <>
      <Field
        label={t("group")}
        hint={isUnserved ? <span className="text-warn">{t("groupUnserved", { group })}</span> : t("groupHint")}
        error={error}
        optional
      >
        <Input mono list={list} value={value} onValueChange={onChange} maxLength={40} autoComplete="off" spellCheck={false} />
      </Field>
      <datalist id={list}>
        {groups.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </datalist>
    </>
  );
}
