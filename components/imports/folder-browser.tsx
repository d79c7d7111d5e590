"use client";
/** `<FolderBrowser onPick={(path, modifiedAt) => …} pending />`: files of the host's allowed folders, each with what it is. */
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { ChevronRight, CornerLeftUp, FileText, Folder, FolderLock, FolderOpen, RotateCw } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import type { z } from "zod";
import type { listImportFolder } from "#lib/contracts/imports";
import { formatBytes } from "#lib/format/bytes";
import { listImportFolderQuery } from "#lib/query/imports";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CodeBlock, InlineCode } from "../ui/code-block.tsx";
import { Notice } from "../ui/notice.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { parentOf } from "./folder-path.ts";

type Entry = z.output<typeof listImportFolder.response>["entries"][number];

type FolderBrowserProps = { pending: boolean; onPick: (path: string, modifiedAt: string) => void };

export function FolderBrowser({ pending, onPick }: FolderBrowserProps) {
  const t = useTranslations("imports.folder");
  const [path, setPath] = useState<string | null>(null);
  const { data, error, refetch, isFetching } = useQuery(listImportFolderQuery(path));
  if (data === undefined) {
    return (
      <Card title={path ?? t("asking")} flush>
        {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={4} />}
        {error && path !== null ? <UpRow onUp={() => setPath(null)} /> : null}
      </Card>
    );
  }
  if (data.roots.length === 0) return <NoFolders />;
  return (
    <Card
      title={path === null ? t("allowed") : <span className="font-mono text-[0.875rem] wrap-anywhere">{path}</span>}
      description={t("lead")}
      flush
      actions={
        <Button icon={RotateCw} pending={isFetching} onClick={() => void refetch()}>
          {t("again")}
        </Button>
      }
    >
      <ul className="max-h-[28rem] divide-y divide-line/70 overflow-y-auto">
        {path === null ? (
          data.roots.map((root) => (
            <li key={root}>
              <FolderRow name={root} onOpen={() => setPath(root)} />
            </li>
          ))
        ) : (
          <li>
            <UpRow onUp={() => setPath(parentOf(path, data.roots))} />
          </li>
        )}
        {data.entries.map((entry) => (
          <li key={entry.path}>
            {entry.type === "folder" ? (
              <FolderRow name={entry.name} onOpen={() => setPath(entry.path)} />
            ) : (
              <FileRow entry={entry} disabled={pending} onPick={() => onPick(entry.path, entry.modifiedAt)} />
            )}
          </li>
        ))}
      </ul>
      {path !== null && data.entries.length === 0 ? <EmptyState icon={FolderOpen} title={t("empty")} /> : null}
      {data.truncated ? <Notice className="m-4">{t("truncated", { count: data.entries.length })}</Notice> : null}
    </Card>
  );
}

const rowClass = "flex w-full flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-left text-sm outline-offset-[-2px] sm:px-5";

function UpRow({ onUp }: { onUp: () => void }) {
  const t = useTranslations("imports.folder");
  return (
    <button type="button" onClick={onUp} className={clsx(rowClass, "text-ink-2 hover:bg-hover/60")}>
      <CornerLeftUp aria-hidden className="size-4 shrink-0 text-ink-3" />
      {t("up")}
    </button>
  );
}

function FolderRow({ name, onOpen }: { name: string; onOpen: () => void }) {
  return (
    <button type="button" onClick={onOpen} className={clsx(rowClass, "hover:bg-hover/60")}>
      <Folder aria-hidden className="size-4 shrink-0 text-accent-ink" />
      <span className="min-w-0 flex-1 font-medium wrap-anywhere text-ink">{name}</span>
      <ChevronRight aria-hidden className="size-4 shrink-0 text-ink-3" />
    </button>
  );
}

function FileRow({ entry, disabled, onPick }: { entry: Entry; disabled: boolean; onPick: () => void }) {
  const t = useTranslations("imports.folder");
  const formats = useTranslations("imports.formats");
  const locale = useLocale();
  const isKnown = entry.format !== null;
  return (
    <button type="button" disabled={disabled || !isKnown} onClick={onPick} className={clsx(rowClass, "enabled:hover:bg-hover/60")}>
      <FileText aria-hidden className="size-4 shrink-0 text-ink-3" />
      <span className="min-w-0 flex-1 basis-52">
        <span className={clsx("block wrap-anywhere", isKnown ? "font-medium text-ink" : "text-ink-2")}>{entry.name}</span>
        <span className="block text-xs text-ink-3">{entry.format === null ? t("unknown") : formats(entry.format)}</span>
      </span>
      <span className="flex items-center gap-3 text-[0.8125rem] text-ink-2 nums max-sm:ml-7">
        <RelativeTime at={entry.modifiedAt} className="whitespace-nowrap" />
        <span className="whitespace-nowrap">{formatBytes(entry.bytes, locale)}</span>
      </span>
    </button>
  );
}

function NoFolders() {
  const t = useTranslations("imports.folder");
  return (
    <Card flush>
      <EmptyState icon={FolderLock} title={t("noFolders")}>
        <p>{t.rich("noFoldersHint", { variable: () => <InlineCode>LIFEBOAT_IMPORT_DIRS</InlineCode> })}</p>
        <CodeBlock label={t("example")} code="LIFEBOAT_IMPORT_DIRS=/srv/old-backups:/mnt/nas/dumps" wrap className="mt-4 text-left" />
      </EmptyState>
    </Card>
  );
}
