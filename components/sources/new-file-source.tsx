"use client";
/** `<NewFileSource path={path} />`: what the file is, as a worker sees it, and the form that makes it a source. */
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { createSource, type CheckFileDto } from "#lib/contracts/sources";
import { environments, type Environment } from "#lib/domain/backup-state";
import { formatBytes } from "#lib/format/bytes";
import { formatCount } from "#lib/format/number";
import { checkFileQuery } from "#lib/query/sources";
import { useAction } from "#lib/query/use-action";
import { guessEnvironment } from "../servers/guess-environment.ts";
import { ErrorState, ProblemNotice } from "../state/error-state.tsx";
import { fieldErrors } from "../state/problem-of.tsx";
import { useReasonText } from "../state/reason.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { toast } from "../ui/toast.tsx";
import { splitPath, suggestSourceName } from "./file-path.ts";

type File = NonNullable<CheckFileDto["file"]>;

export function NewFileSource({ path }: { path: string }) {
  const t = useTranslations("sources.file");
  const tell = useReasonText();
  const { data, error, refetch } = useQuery(checkFileQuery(path));
  return (
    <Card title={splitPath(path).name} description={<span className="font-mono wrap-anywhere">{path}</span>} flush>
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <div role="status" aria-label={t("looking")}>
            <RowsSkeleton rows={2} />
          </div>
        )
      ) : data.problem !== null ? (
        <Notice tone="bad" live title={tell(data.problem).message} className="m-4 sm:m-5">
          {tell(data.problem).hint}
        </Notice>
      ) : data.file === null ? (
        <Notice tone="warn" live title={t("isFolder")} className="m-4 sm:m-5">
          {t("isFolderHint")}
        </Notice>
      ) : (
        <FileForm path={path} file={data.file} />
      )}
    </Card>
  );
}

function FileForm({ path, file }: { path: string; file: File }) {
  const t = useTranslations("sources.file");
  const settings = useTranslations("sources.settings");
  const environmentWords = useTranslations("status.environment");
  const locale = useLocale();
  const router = useRouter();
  const [name, setName] = useState(() => suggestSourceName(path));
  const [environment, setEnvironment] = useState<Environment>(() => guessEnvironment(suggestSourceName(path)));
  const create = useAction(createSource, {
    changes: ["listSources", "listSourceNames", "checkFile", "getOverview"],
    onDone: (source) => {
      toast({ title: t("done", { name: source.name }) });
      router.push(`/sources/${source.id}`);
    },
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    create.mutate({ body: { engine: "sqlite", path, name, environment } });
  };
  return (
    <>
      <div className="px-4 pt-2 sm:px-5">
        <Facts
          columns={2}
          items={[
            { label: t("size"), value: formatBytes(file.bytes, locale) },
            { label: t("journal"), value: file.journalMode === "" ? null : file.journalMode.toUpperCase() },
            { label: t("tables"), value: formatCount(file.tables, locale) },
            { label: t("page"), value: formatBytes(file.pageBytes, locale) },
            { label: t("sqlite"), value: file.sqliteVersion },
            { label: t("how"), value: t("howText") },
          ]}
        />
      </div>
      <form onSubmit={submit} className="mt-2 flex flex-col gap-5 border-t border-line px-4 py-4 sm:px-5">
        <Field label={settings("name")} error={fieldErrors(create.error)["name"]}>
          <Input value={name} onValueChange={(next) => setName(next)} required maxLength={120} />
        </Field>
        <div className="flex flex-col gap-1.5">
          <span className="text-[0.8125rem] font-medium text-ink">{settings("environment")}</span>
          <Segmented
            label={settings("environment")}
            value={environment}
            onValueChange={setEnvironment}
            options={environments.map((value) => ({ value, label: environmentWords(value) }))}
            className="self-start"
          />
        </div>
        <ProblemNotice error={create.error} />
        <div>
          <Button type="submit" variant="primary" pending={create.isPending} disabled={name.trim() === ""}>
            {t("submit", { size: formatBytes(file.bytes, locale) })}
          </Button>
        </div>
      </form>
    </>
  );
}
