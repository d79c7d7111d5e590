"use client";
/** `<LeftOutFields sourceId value onChange />`: exact names of schemas and tables to leave out, with what the last backup knows as help. */
import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState, type KeyboardEvent } from "react";
import { listSourceTablesQuery } from "#lib/query/sources";
import { Button, IconButton } from "../ui/button.tsx";
import { Field, FieldGroup } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";

type TableName = { schema: string; table: string };
type LeftOut = { excludedSchemas: string[]; excludedTables: TableName[] };

export function LeftOutFields({
  sourceId,
  value,
  onChange,
}: {
  sourceId: string;
  value: LeftOut;
  onChange: (change: Partial<LeftOut>) => void;
}) {
  const t = useTranslations("sources.settings");
  const { data } = useQuery(listSourceTablesQuery(sourceId));
  const known = data?.tables ?? [];
  const schemas = [...new Set(known.map(({ schema }) => schema))];
  const [schema, setSchema] = useState("");
  const [table, setTable] = useState<TableName>({ schema: "public", table: "" });
  const list = useId();
  const addSchema = (): void => {
    if (schema === "") return;
    onChange({ excludedSchemas: [...new Set([...value.excludedSchemas, schema])] });
    setSchema("");
  };
  const addTable = (): void => {
    if (table.schema === "" || table.table === "") return;
    if (!value.excludedTables.some((each) => sameTable(each, table))) onChange({ excludedTables: [...value.excludedTables, table] });
    setTable((last) => ({ ...last, table: "" }));
  };
  return (
    <div className="flex flex-col gap-6">
      <FieldGroup legend={t("schemas")} hint={t("schemasHint")}>
        <Names
          names={value.excludedSchemas.map((name) => ({ key: name, text: name }))}
          onRemove={(index) => onChange({ excludedSchemas: value.excludedSchemas.toSpliced(index, 1) })}
        />
        <div className="flex flex-wrap items-end gap-2">
          <Field label={t("schemaAdd")} className="flex-1 basis-48">
            <Input mono value={schema} onValueChange={(next) => setSchema(next)} onKeyDown={onEnter(addSchema)} list={`${list}-schemas`} />
          </Field>
          <Button icon={Plus} onClick={addSchema} disabled={schema === ""}>
            {t("addSchema")}
          </Button>
        </div>
      </FieldGroup>
      <FieldGroup legend={t("tables")} hint={t("tablesHint")}>
        <Names
          names={value.excludedTables.map((each) => ({ key: JSON.stringify(each), text: `${each.schema}.${each.table}` }))}
          onRemove={(index) => onChange({ excludedTables: value.excludedTables.toSpliced(index, 1) })}
        />
        <div className="flex flex-wrap items-end gap-2">
          <Field label={t("tableSchema")} className="flex-1 basis-32">
            <Input
              mono
              value={table.schema}
              onValueChange={(next) => setTable((last) => ({ ...last, schema: next }))}
              onKeyDown={onEnter(addTable)}
              list={`${list}-schemas`}
            />
          </Field>
          <Field label={t("tableName")} className="flex-1 basis-40">
            <Input
              mono
              value={table.table}
              onValueChange={(next) => setTable((last) => ({ ...last, table: next }))}
              onKeyDown={onEnter(addTable)}
              list={`${list}-tables`}
            />
          </Field>
          <Button icon={Plus} onClick={addTable} disabled={table.schema === "" || table.table === ""}>
            {t("addTable")}
          </Button>
        </div>
      </FieldGroup>
      <datalist id={`${list}-schemas`}>
        {schemas.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
      <datalist id={`${list}-tables`}>
        {known
          .filter((each) => each.schema === table.schema)
          .map((each) => (
            <option key={each.table} value={each.table}>
              {each.table}
            </option>
          ))}
      </datalist>
    </div>
  );
}

function Names({ names, onRemove }: { names: readonly { key: string; text: string }[]; onRemove: (index: number) => void }) {
  const t = useTranslations("sources.settings");
  if (names.length === 0) return <p className="mb-3 text-[0.8125rem] text-ink-3">{t("none")}</p>;
  return (
    <ul className="mb-3 flex flex-wrap gap-1.5">
      {names.map(({ key, text }, index) => (
        <li key={key} className="inline-flex max-w-full items-center gap-1 rounded-lg border border-line bg-sunken pl-2.5">
          <code className="min-w-0 font-mono text-[0.8125rem] wrap-anywhere text-ink">{text}</code>
          <IconButton size="sm" icon={X} label={t("remove", { name: text })} onClick={() => onRemove(index)} />
        </li>
      ))}
    </ul>
  );
}

function sameTable(a: TableName, b: TableName): boolean {
  return a.schema === b.schema && a.table === b.table;
}

/** Enter adds the name; it must not send the form around it. */
function onEnter(act: () => void) {
  return (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    act();
  };
}
