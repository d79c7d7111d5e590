"use client";
/** `<ReplacePlanCard preview={…} plan={preview.replace} snapshotAt={…} />`: what replacing would do, in the order in which it happens, and what it takes away. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { ReplacePlanDto, RestorePreviewDto } from "#lib/contracts/restores";
import { formatBytes } from "#lib/format/bytes";
import { formatMinute } from "#lib/format/time";
import { useReasonText } from "../state/reason.tsx";
import { EnvironmentBadge } from "../status/environment-badge.tsx";
import { Card } from "../ui/card.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Facts } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { rich } from "../ui/rich.tsx";

type PlanProps = { preview: RestorePreviewDto; plan: ReplacePlanDto; snapshotAt: string };

export function ReplacePlanCard({ preview, plan, snapshotAt }: PlanProps) {
  const t = useTranslations("restores.replace");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const tell = useReasonText();
  const { database } = preview;
  return (
    <>
      <Card title={t("title", { database })}>
        <ol className="flex flex-col gap-3">
          {stepsOf(preview, plan).map(({ key, values }, at) => (
            <Step key={key} number={at + 1}>
              {t.rich(`steps.${key}`, { ...rich, ...values })}
            </Step>
          ))}
        </ol>
        {plan.why === null ? null : (
          <Notice tone="warn" className="mt-4" title={t("inPlace")}>
            {tell(plan.why).message}. {t("inPlaceHint")}
          </Notice>
        )}
      </Card>
      <Notice tone="warn" title={t("since", { time: formatMinute(snapshotAt, settings) })}>
        <p>{plan.strategy === "swap" ? t("sinceKept") : t("sinceSafety")}</p>
        {plan.extraTablesTotal === 0 ? null : (
          <p className="mt-1">
            {t(plan.strategy === "swap" ? "extraSwap" : "extraInPlace", { count: plan.extraTablesTotal })}{" "}
            <Names names={plan.extraTables} more={plan.extraTablesTotal - plan.extraTables.length} />
          </p>
        )}
      </Notice>
      <Card title={t("now", { database })}>
        <Facts
          columns={2}
          className="-my-2"
          items={[
            {
              label: t("source"),
              value: plan.sourceName ?? t("sourceNone"),
              hint: plan.sourceName === null ? t("sourceNoneHint") : undefined,
            },
            { label: t("environment"), value: <EnvironmentBadge environment={plan.environment} /> },
            { label: t("size"), value: plan.sizeBytes === null ? null : formatBytes(plan.sizeBytes, settings.locale) },
            { label: t("tables"), value: plan.tables },
            { label: t("owner"), value: <InlineCode>{plan.owner}</InlineCode>, hint: t("ownerHint") },
            { label: t("sessions"), value: plan.sessions },
          ]}
        />
      </Card>
    </>
  );
}

type StepKey = "safety" | "sibling" | "compare" | "swap" | "kept" | "transaction" | "compareAfter" | "wayBack";

function stepsOf(preview: RestorePreviewDto, plan: ReplacePlanDto): { key: StepKey; values: Record<string, string | number> }[] {
  const { database } = preview;
  const safety = { key: "safety" as const, values: { database } };
  const compared = { tables: preview.tables, rows: preview.rows };
  if (plan.strategy === "in-place") {
    return [
      safety,
      { key: "transaction", values: { database } },
      { key: "compareAfter", values: compared },
      { key: "wayBack", values: { database } },
    ];
  }
  return [
    safety,
    { key: "sibling", values: { database } },
    { key: "compare", values: compared },
    { key: "swap", values: { database, sessions: plan.sessions } },
    { key: "kept", values: { kept: plan.keptName ?? "" } },
  ];
}

function Step({ number, children }: { number: number; children: ReactNode }) {
  return (
    <li className="flex items-start gap-3 text-sm text-ink-2">
      <span
        aria-hidden
        className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent-ink nums"
      >
        {number}
      </span>
      <span className="min-w-0 pt-0.5">{children}</span>
    </li>
  );
}

function Names({ names, more }: { names: readonly string[]; more: number }) {
  const t = useTranslations("restores.replace");
  return (
    <>
      {names.map((name, at) => (
        <span key={name}>
          {at === 0 ? "" : ", "}
          <InlineCode>{name}</InlineCode>
        </span>
      ))}
      {more <= 0 ? "." : ` ${t("more", { count: more })}`}
    </>
  );
}
