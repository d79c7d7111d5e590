"use client";
/** An SQLite file of the worker's host becomes a source: the allowed folders, the files found there, one file's facts, its settings here. */
import { useQuery } from "@tanstack/react-query";
import { FileSearch, FolderLock, RotateCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { checkFileQuery } from "#lib/query/sources";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CodeBlock, InlineCode } from "../ui/code-block.tsx";
import { Field } from "../ui/field.tsx";
import { Input, SearchInput } from "../ui/input.tsx";
import { FileList } from "./file-list.tsx";
import { NewFileSource } from "./new-file-source.tsx";

/** From here on a list wants a search. */
const manyFiles = 8;

export function PickFile() {
  const t = useTranslations("sources.file");
  const { data, error, refetch, isFetching } = useQuery(checkFileQuery(null));
  const [path, setPath] = useState<string | null>(null);
  const [q, setQ] = useState("");
  if (data === undefined) {
    return (
      <Card title={t("asking")} flush>
        {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={4} />}
      </Card>
    );
  }
  if (data.roots.length === 0) return <NoFolders />;
  const shown = data.files.filter((file) => file.path.toLowerCase().includes(q.toLowerCase()));
  return (
    <>
      <Card
        title={t("found", { count: data.files.length })}
        description={t("in", { folders: data.roots.join(", ") })}
        flush
        actions={
          <>
            {data.files.length > manyFiles ? (
              <SearchInput label={t("search")} value={q} onValueChange={setQ} className="w-full sm:w-52" />
            ) : null}
            <Button icon={RotateCw} pending={isFetching} onClick={() => void refetch()}>
              {t("again")}
            </Button>
          </>
        }
      >
        {data.files.length === 0 ? (
          <EmptyState icon={FileSearch} title={t("none")}>
            {t("noneHint")}
          </EmptyState>
        ) : shown.length === 0 ? (
          <p className="px-5 py-8 text-center text-sm text-ink-2">{t("noMatch", { q })}</p>
        ) : (
          <FileList files={shown} chosen={path} onChoose={setPath} />
        )}
        <TypedPath onLook={setPath} />
      </Card>
      {path === null ? null : <NewFileSource key={path} path={path} />}
    </>
  );
}

function NoFolders() {
  const t = useTranslations("sources.file");
  return (
    <Card flush>
      <EmptyState icon={FolderLock} title={t("noFolders")}>
        <p>{t.rich("noFoldersHint", { variable: () => <InlineCode>LIFEBOAT_SQLITE_DIRS</InlineCode> })}</p>
        <CodeBlock label={t("example")} code="LIFEBOAT_SQLITE_DIRS=/srv/app/data:/var/lib/grafana" wrap className="mt-4 text-left" />
      </EmptyState>
    </Card>
  );
}

/** For a file that is not listed: one of another ending, or one folder deeper than the list goes. */
function TypedPath({ onLook }: { onLook: (path: string) => void }) {
  const t = useTranslations("sources.file");
  const [typed, setTyped] = useState("");
  const look = (event: SyntheticEvent): void => {
    event.preventDefault();
    onLook(typed.trim());
  };
  return (
    <form onSubmit={look} className="flex flex-wrap items-end gap-2 border-t border-line px-4 py-3.5 sm:px-5">
      <Field label={t("path")} className="flex-1 basis-64">
        <Input mono value={typed} onValueChange={(next) => setTyped(next)} placeholder="/srv/app/data/app.db" maxLength={4096} />
      </Field>
      <Button type="submit" icon={FileSearch} disabled={!/^\/[^/]/.test(typed.trim())}>
        {t("look")}
      </Button>
    </form>
  );
}
