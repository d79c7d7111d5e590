"use client";
/** Every set of PostgreSQL client tools that the living workers found, with what is missing and the command that cures it. */
import { CircleCheck, TriangleAlert, Wrench } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ToolSetDto, WorkerDto } from "#lib/contracts/system";
import { EmptyState } from "../state/empty-state.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";

export function ToolSetsCard({ workers }: { workers: readonly WorkerDto[] }) {
  const t = useTranslations("settings");
  const sets = distinctSets(workers);
  return (
    <Card title={t("tools")} description={t("toolsLead")} flush>
      {sets.length === 0 ? (
        <EmptyState icon={Wrench} title={t("toolsNone")}>
          {t("toolsNoneText")}
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line/70">
          {sets.map((set) => (
            <ToolSetRow key={set.path} set={set} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function ToolSetRow({ set }: { set: ToolSetDto }) {
  const t = useTranslations("settings");
  return (
    <li className="flex flex-col gap-3 px-4 py-3.5 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <p className="flex flex-wrap items-center gap-2 text-sm font-medium nums">
            PostgreSQL {set.version}
            {set.hasServer ? <Badge>{t("withServer")}</Badge> : null}
          </p>
          <p className="mt-0.5 text-xs text-ink-3">
            <code className="font-mono break-all">{set.path}</code>
          </p>
        </div>
        <div className="flex flex-wrap gap-1.5">
          {set.missing.length > 0 ? (
            <Badge tone="bad" icon={TriangleAlert}>
              {t("toolMissing", { tools: set.missing.join(", ") })}
            </Badge>
          ) : null}
          {set.belowSafeMinimum ? (
            <Badge tone="warn" icon={TriangleAlert}>
              {t("toolBelow", { version: set.safeMinimum ?? "" })}
            </Badge>
          ) : null}
          {set.missing.length === 0 && !set.belowSafeMinimum ? (
            <Badge tone="good" icon={CircleCheck}>
              {t("toolOk")}
            </Badge>
          ) : null}
        </div>
      </div>
      {set.belowSafeMinimum ? (
        <p className="max-w-3xl text-[0.8125rem] text-ink-2">{t("toolBelowText", { version: set.safeMinimum ?? "" })}</p>
      ) : null}
      {set.cure === null || set.missing.length === 0 ? null : (
        <div className="flex flex-col gap-1.5">
          <p className="text-xs text-ink-3">{t("cure")}</p>
          <CodeBlock label={t("cureFor", { version: set.major })} code={set.cure} />
        </div>
      )}
    </li>
  );
}

/** Workers on one machine find the same sets: each folder once, newest version first. */
function distinctSets(workers: readonly WorkerDto[]): ToolSetDto[] {
  const byPath = new Map<string, ToolSetDto>();
  for (const worker of workers.filter(({ alive }) => alive)) for (const set of worker.toolSets) byPath.set(set.path, set);
  return [...byPath.values()].toSorted((a, b) => b.major - a.major);
}
