"use client";
/** One database of a server: what it is, whether it can be picked, and, once picked, its name and environment here. */
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import type { ServerDatabaseDto } from "#lib/contracts/servers";
import { environments, type Environment } from "#lib/domain/backup-state";
import { formatBytes } from "#lib/format/bytes";
import { ProblemNotice } from "../state/error-state.tsx";
import { Badge } from "../ui/badge.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { guessEnvironment } from "./guess-environment.ts";

export type Pick = { readonly name: string; readonly environment: Environment };

type DatabaseRowProps = { database: ServerDatabaseDto; pick: Pick | null; problem: unknown; onPick: (pick: Pick | null) => void };

export function DatabaseRow({ database, pick, problem, onPick }: DatabaseRowProps) {
  const t = useTranslations("servers.pick");
  const environment = useTranslations("status.environment");
  const locale = useLocale();
  const blocked = blockedBy(database, t);
  return (
    <li className="px-4 py-3 sm:px-5">
      <div className="flex items-start justify-between gap-4">
        <Checkbox
          checked={pick !== null}
          disabled={blocked !== null}
          onCheckedChange={(on) => onPick(on ? { name: database.name, environment: guessEnvironment(database.name) } : null)}
          label={<span className="font-mono text-[0.8125rem] break-all whitespace-pre-wrap">{database.name}</span>}
          hint={`${t("columns.owner")}: ${database.owner}, ${database.encoding}`}
        />
        <span className="flex shrink-0 flex-col items-end gap-1 text-[0.8125rem] text-ink-2 nums sm:flex-row sm:items-center sm:gap-3">
          {blocked}
          <span>{database.sizeBytes === null ? t("sizeUnknown") : formatBytes(database.sizeBytes, locale)}</span>
        </span>
      </div>
      {pick === null ? null : (
        <div className="mt-3 flex flex-wrap items-end gap-3 sm:ml-6.5">
          <Field label={t("columns.sourceName")} className="flex-1 basis-56">
            <Input value={pick.name} onValueChange={(name) => onPick({ ...pick, name })} maxLength={120} />
          </Field>
          <Segmented
            label={t("environmentOf", { database: database.name })}
            value={pick.environment}
            onValueChange={(next) => onPick({ ...pick, environment: next })}
            options={environments.map((value) => ({ value, label: environment(value) }))}
          />
        </div>
      )}
      {problem === null ? null : <ProblemNotice error={problem} className="mt-3" />}
    </li>
  );
}

function blockedBy(database: ServerDatabaseDto, t: ReturnType<typeof useTranslations<"servers.pick">>): ReactNode {
  if (database.isCatalogue) return <Badge title={t("catalogueHint")}>{t("catalogue")}</Badge>;
  if (database.sourceId !== null) {
    return (
      <Link href={`/sources/${database.sourceId}`} className="link">
        {t("protected")}
      </Link>
    );
  }
  return database.connectable ? null : <Badge tone="warn">{t("notConnectable")}</Badge>;
}
