"use client";
/** `<FileList files={found} chosen={path} onChoose={setPath} />`: files that look like SQLite databases; what is a source already says which. */
import { FileCheck2, FileText } from "lucide-react";
import { clsx } from "clsx";
import { useLocale, useTranslations } from "next-intl";
import type { CheckFileDto } from "#lib/contracts/sources";
import { formatBytes } from "#lib/format/bytes";
import { Badge } from "../ui/badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { splitPath } from "./file-path.ts";

type FileListProps = { files: CheckFileDto["files"]; chosen: string | null; onChoose: (path: string) => void };

export function FileList({ files, chosen, onChoose }: FileListProps) {
  return (
    <ul className="max-h-96 divide-y divide-line/70 overflow-y-auto">
      {files.map((file) => (
        <li key={file.path}>
          <FileRow file={file} isChosen={file.path === chosen} onChoose={onChoose} />
        </li>
      ))}
    </ul>
  );
}

type FileRowProps = { file: CheckFileDto["files"][number]; isChosen: boolean; onChoose: (path: string) => void };

function FileRow({ file, isChosen, onChoose }: FileRowProps) {
  const t = useTranslations("sources.file");
  const locale = useLocale();
  const { folder, name } = splitPath(file.path);
  const Icon = isChosen ? FileCheck2 : FileText;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      disabled={file.protectedBy !== null}
      onClick={() => onChoose(file.path)}
      className={clsx(
        "flex w-full flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-left outline-offset-[-2px] sm:px-5",
        isChosen ? "bg-accent-soft" : "enabled:hover:bg-hover/60",
      )}
    >
      <Icon aria-hidden className={clsx("size-4 shrink-0", isChosen ? "text-accent-ink" : "text-ink-3")} />
      <span className="min-w-0 flex-1 basis-52">
        <span className="block text-sm font-medium wrap-anywhere text-ink">{name}</span>
        <span className="block font-mono text-xs wrap-anywhere text-ink-3">{folder}</span>
      </span>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-ink-2 nums max-sm:ml-7">
        {file.protectedBy === null ? null : <Badge tone="good">{t("protectedBy", { name: file.protectedBy })}</Badge>}
        <RelativeTime at={file.modifiedAt} className="whitespace-nowrap" />
        <span className="whitespace-nowrap">{formatBytes(file.bytes, locale)}</span>
      </span>
    </button>
  );
}
