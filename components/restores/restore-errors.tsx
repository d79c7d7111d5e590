"use client";
/** `<RestoreErrors errors={restore.errors} />`: every error of pg_restore, grouped by what it means. None is swallowed. */
import { useTranslations } from "next-intl";
import type { RestoreDetailDto } from "#lib/contracts/restores";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";

type RestoreError = RestoreDetailDto["errors"][number];

const harmless = new Set<RestoreError["class"]>(["ownership", "privileges", "exists"]);

export function RestoreErrors({ errors }: { errors: readonly RestoreError[] }) {
  const t = useTranslations("restores.errors");
  if (errors.length === 0) return <p className="text-[0.8125rem] text-ink-2">{t("none")}</p>;
  const groups = [...Map.groupBy(errors, (error) => error.class).entries()];
  return (
    <Card title={t("title", { count: errors.length })} flush>
      {groups.map(([kind, found]) => (
        <section key={kind} className="border-b border-line/70 px-4 py-3 last:border-b-0 sm:px-5">
          <h3 className="flex flex-wrap items-center gap-2 text-sm">
            <Badge tone={harmless.has(kind) ? "warn" : "bad"}>
              {t(`classes.${kind}`)}: {found.length}
            </Badge>
            <span className="text-[0.8125rem] font-normal text-ink-2">{t(`classHints.${kind}`)}</span>
          </h3>
          <ul className="mt-2 flex flex-col gap-2">
            {found.map(({ entry, message }) => (
              <li key={`${entry}-${message}`} className="text-[0.8125rem]">
                {entry === "" ? null : <p className="text-ink-3">{t("entry", { entry })}</p>}
                <p className="font-mono text-xs wrap-anywhere whitespace-pre-wrap text-ink">{message}</p>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Card>
  );
}
