"use client";
/** `<ChooseFile onChosen={(imported, file | modifiedAt) => …} />`: a file of this computer, or one of a folder of the host. */
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { createUpload, importFromFolder, listImports, type ImportDto } from "#lib/contracts/imports";
import { call } from "#lib/http/client";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Notice } from "../ui/notice.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { DropZone } from "./drop-zone.tsx";
import { FolderBrowser } from "./folder-browser.tsx";
import { findInterrupted, readRemembered, remember } from "./resume.ts";
import { probe } from "./use-upload.ts";

/** Where the file comes from: the browser still has it, or the host has it. */
export type Chosen = { readonly imported: ImportDto; readonly file: File | null; readonly modifiedAt: string };

export function ChooseFile({ onChosen }: { onChosen: (chosen: Chosen) => void }) {
  const t = useTranslations("imports.choose");
  const [from, setFrom] = useState<"computer" | "folder">("computer");
  return (
    <>
      <RadioCards
        label={t("label")}
        value={from}
        onValueChange={setFrom}
        options={[
          { value: "computer", label: t("computer"), hint: t("computerHint") },
          { value: "folder", label: t("folder"), hint: t("folderHint") },
        ]}
        className="sm:grid-cols-2"
      />
      {from === "computer" ? <FromComputer onChosen={onChosen} /> : <FromFolder onChosen={onChosen} />}
    </>
  );
}

function FromComputer({ onChosen }: { onChosen: (chosen: Chosen) => void }) {
  const t = useTranslations("imports.choose");
  const announce = useAnnounce(onChosen);
  return (
    <div className="flex flex-col gap-3">
      <DropZone title={t("drop")} hint={t("dropHint")} disabled={announce.pending} onFile={announce.choose} />
      {announce.unreadable ? (
        <Notice tone="bad" live title={t("unreadable", { name: announce.unreadable })}>
          {t("unreadableHint")}
        </Notice>
      ) : null}
      <ProblemNotice error={announce.error} />
    </div>
  );
}

/** Tells the server of a file, or finds the interrupted upload of the same one. */
function useAnnounce(onChosen: (chosen: Chosen) => void) {
  const client = useQueryClient();
  const [pending, setPending] = useState(false);
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const announce = async (file: File): Promise<void> => {
    // A folder that was dropped looks like a file until it is read; an empty file holds nothing.
    const isReadable =
      file.size > 0 &&
      (await probe(file, 0).then(
        () => true,
        () => false,
      ));
    if (!isReadable) return setUnreadable(file.name);
    const { items } = await call(listImports, { query: { limit: 200 } });
    const interrupted = findInterrupted(items, file, readRemembered(localStorage));
    const imported = interrupted ?? (await call(createUpload, { body: { fileName: file.name, bytes: file.size } }));
    remember(localStorage, imported.id, file.lastModified);
    await client.invalidateQueries({ queryKey: [listImports.id] });
    onChosen({ imported, file, modifiedAt: new Date(file.lastModified).toISOString() });
    return undefined;
  };
  const choose = (file: File): void => {
    setPending(true);
    setUnreadable(null);
    setError(null);
    announce(file)
      .catch((caught: unknown) => setError(caught))
      .finally(() => setPending(false));
  };
  return { choose, pending, unreadable, error };
}

function FromFolder({ onChosen }: { onChosen: (chosen: Chosen) => void }) {
  const take = useAction(importFromFolder, { changes: ["listImports"] });
  const pick = (path: string, modifiedAt: string): void =>
    take.mutate({ body: { path } }, { onSuccess: (imported) => onChosen({ imported, file: null, modifiedAt }) });
  return (
    <>
      <ProblemNotice error={take.error} />
      <FolderBrowser pending={take.isPending} onPick={pick} />
    </>
  );
}
