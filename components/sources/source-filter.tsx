"use client";
/** `<SourceFilter value onChange />`: narrows a list to one source, among all that the reader may see. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { listSourceNamesQuery } from "#lib/query/sources";
import { FilterSelect } from "../data-table/toolbar.tsx";

type SourceFilterProps = { value: string | undefined; onChange: (value: string | undefined) => void };

export function SourceFilter({ value, onChange }: SourceFilterProps) {
  const label = useTranslations("sources")("filter");
  const { data } = useQuery(listSourceNamesQuery());
  const options = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return <FilterSelect label={label} value={value} onChange={onChange} options={options} />;
}
