"use client";
/** `<ResumeCard imported={imported} onFile={setFile} />`: an upload whose file this page does not have (after a reload, on another day). */
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import type { ImportDto } from "#lib/contracts/imports";
import { formatBytes } from "#lib/format/bytes";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { DropZone } from "./drop-zone.tsx";
import { ForgetImport } from "./forget-import.tsx";
import { continues, readRemembered, remember } from "./resume.ts";
import { UploadProgress } from "./upload-card.tsx";

export function ResumeCard({ imported, onFile }: { imported: ImportDto; onFile: (file: File) => void }) {
  const t = useTranslations("imports.resume");
  const locale = useLocale();
  const [other, setOther] = useState<File | null>(null);
  const wanted = { name: imported.fileName, size: formatBytes(imported.bytes, locale) };
  const choose = (file: File): void => {
    if (!continues(imported, file, readRemembered(localStorage))) return setOther(file);
    remember(localStorage, imported.id, file.lastModified);
    return onFile(file);
  };
  return (
    <Card title={t("title")} description={t("lead")} actions={<ForgetImport imported={imported} />}>
      <div className="flex flex-col gap-4">
        <UploadProgress bytes={imported.bytes} sentBytes={imported.receivedBytes} />
        <DropZone
          title={<span className="wrap-anywhere">{t("choose", { name: imported.fileName })}</span>}
          hint={t("chooseHint", wanted)}
          onFile={choose}
        />
        {other === null ? null : (
          <Notice tone="warn" live title={t("other", { name: other.name })}>
            {other.name === imported.fileName && other.size === imported.bytes ? t("changedHint") : t("otherHint", wanted)}
          </Notice>
        )}
      </div>
    </Card>
  );
}
