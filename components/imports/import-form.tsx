"use client";
/** `<ImportForm imported={imported} modifiedAt={…} />`: what the file is, which source it belongs to, of when it is; then it becomes a backup. */
import { useRouter } from "next/navigation";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { startImport, type ImportDto } from "#lib/contracts/imports";
import { createSource } from "#lib/contracts/sources";
import type { ImportFormat } from "#lib/domain/import-state";
import { formatBytes } from "#lib/format/bytes";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ReasonText } from "../state/reason.tsx";
import { toWallTime } from "../timeline/zoned-time.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import { useDraft } from "../ui/use-draft.ts";
import { ForgetImport } from "./forget-import.tsx";
import { engineOf } from "./format-engine.ts";
import { type MissingPart, missingParts, newSource, newSourceDraft, toSourceBody } from "./import-draft.ts";
import { SourceField } from "./source-field.tsx";
import { type TakenAtDraft, takenAtOf } from "./taken-at.ts";
import { TakenAtField } from "./taken-at-field.tsx";

type ImportFormProps = {
  imported: ImportDto & { readonly format: ImportFormat };
  /** When the file was last changed, where this browser or the folder said so. */
  modifiedAt: string | null;
};

export function ImportForm({ imported, modifiedAt }: ImportFormProps) {
  const t = useTranslations("imports.form");
  const form = useImportForm(imported, modifiedAt);
  const { source, setSource, draft, change, takenAt, changeTakenAt, taken, missing, submit, pending, error } = form;
  return (
    <>
      <FileFacts imported={imported} />
      {imported.state === "failed" && imported.error !== null ? (
        <Notice tone="bad" title={t("failed")}>
          <ReasonText reason={imported.error} />
        </Notice>
      ) : null}
      <Card title={t("title")} description={t("lead")}>
        <form onSubmit={submit} className="flex flex-col gap-5">
          <SourceField engine={engineOf(imported.format)} value={source} onChange={setSource} draft={draft} onDraft={change} />
          <TakenAtField told={imported.takenAt} value={takenAt} onChange={changeTakenAt} taken={taken} />
          <ProblemNotice error={error} />
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" variant="primary" pending={pending} disabled={missing.length > 0}>
              {t("submit")}
            </Button>
            <StillMissing parts={missing} />
          </div>
        </form>
      </Card>
    </>
  );
}

function useImportForm(imported: ImportFormProps["imported"], modifiedAt: string | null) {
  const router = useRouter();
  const timeZone = useTimeZone() ?? "UTC";
  const engine = engineOf(imported.format);
  const [source, setSource] = useState<string | null>(imported.sourceId);
  const [draft, change] = useDraft(() => newSourceDraft(imported.fileName));
  const [takenAt, changeTakenAt] = useDraft<TakenAtDraft>(() => ({
    other: false,
    wall: modifiedAt === null ? "" : toWallTime(modifiedAt, timeZone),
    isGuess: modifiedAt !== null && imported.takenAt === null,
  }));
  const taken = takenAtOf(takenAt, imported.takenAt, timeZone, useCurrentTime(10_000).getTime());
  const body = engine === null ? null : toSourceBody(draft, engine);
  const start = useAction(startImport, {
    changes: ["listImports", "getImport", "listRuns", "getOverview"],
    onDone: (run) => router.push(`/runs/${run.id}`),
  });
  const begin = (sourceId: string): void =>
    start.mutate({ params: { id: imported.id }, body: taken.kind === "given" ? { sourceId, takenAt: taken.at } : { sourceId } });
  const create = useAction(createSource, {
    changes: ["listSources", "listSourceNames"],
    onDone: ({ id }) => {
      // Should the start be refused, the source is there all the same and stays chosen.
      setSource(id);
      begin(id);
    },
  });
  const missing: readonly Missing[] = [
    ...(source === null ? (["source"] as const) : []),
    ...(source === newSource && engine !== null ? missingParts(draft, engine) : []),
    ...(taken.kind === "told" || taken.kind === "given" ? [] : (["takenAt"] as const)),
  ];
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (source === null || missing.length > 0) return;
    if (source !== newSource) begin(source);
    else if (body !== null) create.mutate({ body });
  };
  return {
    source,
    setSource,
    draft,
    change,
    takenAt,
    changeTakenAt,
    taken,
    missing,
    submit,
    pending: start.isPending || create.isPending,
    error: create.error ?? start.error,
  };
}

type Missing = MissingPart | "source" | "takenAt";

/** A button that cannot be pressed says why. */
function StillMissing({ parts }: { parts: readonly Missing[] }) {
  const t = useTranslations("imports.form");
  const locale = useLocale();
  if (parts.length === 0) return null;
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  return <p className="text-xs text-ink-3">{t("missing", { parts: list.format(parts.map((part) => t(`parts.${part}`))) })}</p>;
}

function FileFacts({ imported }: { imported: ImportFormProps["imported"] }) {
  const t = useTranslations("imports.form");
  const formats = useTranslations("imports.formats");
  const what = useTranslations("imports.formatHints");
  const locale = useLocale();
  return (
    <Card title={<span className="wrap-anywhere">{imported.fileName}</span>} actions={<ForgetImport imported={imported} />}>
      <Facts
        className="-my-2"
        items={[
          { label: t("format"), value: formats(imported.format), hint: what(imported.format) },
          { label: t("size"), value: formatBytes(imported.bytes, locale) },
          {
            label: t("from"),
            value: imported.path === null ? t("uploaded") : <span className="font-mono text-[0.8125rem]">{imported.path}</span>,
          },
        ]}
      />
    </Card>
  );
}
