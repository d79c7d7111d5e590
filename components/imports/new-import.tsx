"use client";
/** The way of a file from elsewhere to a backup: choose it, see it arrive, say what it belongs to. Which import it is stands in the address. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ImportDto } from "#lib/contracts/imports";
import { getImportQuery } from "#lib/query/imports";
import { ErrorState } from "../state/error-state.tsx";
import { ReasonText } from "../state/reason.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { ChooseFile, type Chosen } from "./choose-file.tsx";
import { ForgetImport } from "./forget-import.tsx";
import { ImportForm } from "./import-form.tsx";
import { importIdIn } from "./import-address.tsx";
import { ResumeCard } from "./resume-card.tsx";
import { UploadCard } from "./upload-card.tsx";

type Picked = { readonly id: string; readonly file: File | null; readonly modifiedAt: string };

export function NewImport() {
  const client = useQueryClient();
  const router = useRouter();
  const id = importIdIn(useSearchParams());
  const [picked, setPicked] = useState<Picked | null>(null);
  const take = ({ imported, file, modifiedAt }: Chosen): void => {
    client.setQueryData(getImportQuery(imported.id).queryKey, imported);
    setPicked({ id: imported.id, file, modifiedAt });
    router.replace(`/imports/new?import=${imported.id}`, { scroll: false });
  };
  if (id === null) return <ChooseFile onChosen={take} />;
  const own = picked?.id === id ? picked : null;
  const setFile = (file: File): void => setPicked({ id, file, modifiedAt: new Date(file.lastModified).toISOString() });
  return <OneImport key={id} id={id} file={own?.file ?? null} modifiedAt={own?.modifiedAt ?? null} onFile={setFile} />;
}

type OneImportProps = { id: string; file: File | null; modifiedAt: string | null; onFile: (file: File) => void };

function OneImport({ id, file, modifiedAt, onFile }: OneImportProps) {
  const { data: imported, error, refetch } = useQuery(getImportQuery(id));
  if (imported === undefined) {
    return <Card flush>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={3} />}</Card>;
  }
  switch (imported.state) {
    case "uploading":
      return file === null ? <ResumeCard imported={imported} onFile={onFile} /> : <UploadCard imported={imported} file={file} />;
    case "ready":
    case "failed":
      return imported.format === null ? (
        <NothingKnown imported={imported} />
      ) : (
        <ImportForm imported={{ ...imported, format: imported.format }} modifiedAt={modifiedAt} />
      );
    case "running":
    case "done":
      return <Further imported={imported} />;
    default:
      return imported.state satisfies never;
  }
}

/** The whole file is there, and it is nothing that can be imported. */
function NothingKnown({ imported }: { imported: ImportDto }) {
  const t = useTranslations("imports.unknown");
  return (
    <Card
      title={<span className="wrap-anywhere">{imported.fileName}</span>}
      actions={
        <>
          <ButtonLink href="/imports/new">{t("another")}</ButtonLink>
          <ForgetImport imported={imported} />
        </>
      }
    >
      <Notice tone="bad" title={t("title")}>
        {imported.error === null ? null : <ReasonText reason={imported.error} />}
      </Notice>
    </Card>
  );
}

function Further({ imported }: { imported: ImportDto }) {
  const t = useTranslations("imports.further");
  const isDone = imported.state === "done";
  const href = isDone && imported.backupId !== null ? `/backups/${imported.backupId}` : `/runs/${imported.runId}`;
  return (
    <Notice
      tone={isDone ? "good" : "info"}
      title={isDone ? t("done", { name: imported.fileName }) : t("running", { name: imported.fileName })}
      actions={
        <>
          <ButtonLink variant="primary" href={href}>
            {isDone && imported.backupId !== null ? t("openBackup") : t("openRun")}
          </ButtonLink>
          <ButtonLink href="/imports/new">{t("another")}</ButtonLink>
        </>
      }
    />
  );
}
