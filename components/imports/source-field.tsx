"use client";
/** `<SourceField engine={engine} value={sourceId} onChange draft onDraft error />`: which source the file becomes a backup of; a new one is made here. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { environments, type sourceEngines } from "#lib/domain/backup-state";
import { listServersQuery } from "#lib/query/servers";
import { listSourceNamesQuery } from "#lib/query/sources";
import { useCan } from "../shell/me.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { newSource, type NewSourceDraft } from "./import-draft.ts";

type Engine = (typeof sourceEngines)[number];

type SourceFieldProps = {
  /** Null: only the import finds out, so sources of both kinds are offered and none is made here. */
  engine: Engine | null;
  value: string | null;
  onChange: (value: string) => void;
  draft: NewSourceDraft;
  onDraft: (change: Partial<NewSourceDraft>) => void;
};

export function SourceField({ engine, value, onChange, draft, onDraft }: SourceFieldProps) {
  const t = useTranslations("imports.source");
  const can = useCan();
  const { data } = useQuery(listSourceNamesQuery());
  const fitting = (data?.items ?? []).filter((source) => engine === null || source.engine === engine);
  const mayMake = engine !== null && can("sources:write");
  return (
    <>
      <Field label={t("label")} hint={t("hint")}>
        <Select
          value={value}
          onValueChange={onChange}
          placeholder={t("choose")}
          options={[
            ...fitting.map(({ id, name, path, serverName }) => ({ value: id, label: name, hint: path ?? serverName ?? undefined })),
            ...(mayMake ? [{ value: newSource, label: t("new"), hint: t(`newHint.${engine}`) }] : []),
          ]}
        />
      </Field>
      {engine === null && data !== undefined && fitting.length === 0 ? (
        <Notice
          tone="warn"
          title={t("none")}
          actions={
            <ButtonLink size="sm" href="/sources/new">
              {t("add")}
            </ButtonLink>
          }
        />
      ) : null}
      {engine !== null && value === newSource ? <NewSourceFields engine={engine} draft={draft} onDraft={onDraft} /> : null}
    </>
  );
}

type NewSourceFieldsProps = { engine: Engine; draft: NewSourceDraft; onDraft: (change: Partial<NewSourceDraft>) => void };

function NewSourceFields({ engine, draft, onDraft }: NewSourceFieldsProps) {
  const t = useTranslations("imports.source");
  const settings = useTranslations("sources.settings");
  const environmentWords = useTranslations("status.environment");
  return (
    <div className="flex flex-col gap-4 rounded-lg border border-line bg-sunken/50 p-4">
      <Field label={settings("name")}>
        <Input value={draft.name} onValueChange={(name) => onDraft({ name })} maxLength={120} />
      </Field>
      {engine === "sqlite" ? (
        <Field label={t("path")} hint={t("pathHint")}>
          <Input mono value={draft.path} onValueChange={(path) => onDraft({ path })} placeholder="/srv/app/data/app.db" maxLength={4096} />
        </Field>
      ) : (
        <ServerFields draft={draft} onDraft={onDraft} />
      )}
      <div className="flex flex-col gap-1.5">
        <span className="text-[0.8125rem] font-medium text-ink">{settings("environment")}</span>
        <Segmented
          label={settings("environment")}
          value={draft.environment}
          onValueChange={(environment) => onDraft({ environment })}
          options={environments.map((each) => ({ value: each, label: environmentWords(each) }))}
          className="self-start"
        />
      </div>
    </div>
  );
}

function ServerFields({ draft, onDraft }: Omit<NewSourceFieldsProps, "engine">) {
  const t = useTranslations("imports.source");
  const { data } = useQuery(listServersQuery({ limit: 200 }));
  const servers = data?.items ?? [];
  if (data !== undefined && servers.length === 0) {
    return (
      <Notice
        tone="warn"
        title={t("noServer")}
        actions={
          <ButtonLink size="sm" href="/settings/servers/new">
            {t("addServer")}
          </ButtonLink>
        }
      >
        {t("noServerHint")}
      </Notice>
    );
  }
  return (
    <>
      <Field label={t("server")} hint={t("serverHint")}>
        <Select
          value={draft.serverId === "" ? null : draft.serverId}
          onValueChange={(serverId) => onDraft({ serverId })}
          placeholder={t("chooseServer")}
          options={servers.map(({ id, name, host, port }) => ({ value: id, label: name, hint: `${host}:${port}` }))}
        />
      </Field>
      <Field label={t("database")} hint={t("databaseHint")}>
        <Input mono value={draft.database} onValueChange={(database) => onDraft({ database })} maxLength={63} />
      </Field>
    </>
  );
}
