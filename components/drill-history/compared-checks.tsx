"use client";
/** `<ComparedChecks checks />`: the checks of two drills by their key; what differs is marked, and can be shown alone. */
import { clsx } from "clsx";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { DrillComparisonDto } from "#lib/contracts/drill-history";
import type { DrillCheckDto } from "#lib/contracts/drills";
import { useCheckName } from "../drills/check-name.ts";
import { StatusBadge } from "../status/status-badge.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { differenceOf, type CheckDifference } from "./comparison.ts";

type Pair = DrillComparisonDto["checks"][number];

export function ComparedChecks({ checks }: { checks: readonly Pair[] }) {
  const t = useTranslations("drills.compare");
  const [shown, setShown] = useState<"all" | "different">("all");
  const pairs = checks.map((pair) => ({ pair, difference: differenceOf(pair) }));
  const different = pairs.filter(({ difference }) => difference !== "none");
  const rows = shown === "all" ? pairs : different;
  return (
    <Card
      flush
      title={t("checksTitle")}
      description={t("differences", { count: different.length, total: pairs.length })}
      actions={
        <Segmented
          label={t("show")}
          value={shown}
          onValueChange={setShown}
          options={[
            { value: "all", label: t("showAll") },
            { value: "different", label: t("showDifferent") },
          ]}
        />
      }
    >
      {rows.length === 0 ? (
        <p className="px-5 py-8 text-center text-sm text-ink-2">{t("noDifference")}</p>
      ) : (
        <TableFrame label={t("checksTitle")} className="relative">
          <thead>
            <tr>
              <Th>{t("check")}</Th>
              <Th>{t("left")}</Th>
              <Th>{t("right")}</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ pair, difference }) => (
              <Row key={pair.key} pair={pair} difference={difference} />
            ))}
          </tbody>
        </TableFrame>
      )}
    </Card>
  );
}

function Row({ pair, difference }: { pair: Pair; difference: CheckDifference }) {
  const t = useTranslations("drills.compare");
  const nameOf = useCheckName();
  const isDifferent = difference !== "none";
  return (
    <tr className={clsx(isDifferent && "bg-warn-soft/60")}>
      <Td className="min-w-40 align-top!">
        <span className="block font-medium wrap-anywhere">{nameOf(pair.left?.definition ?? pair.right?.definition ?? pair)}</span>
        {isDifferent ? (
          <Badge tone="warn" className="mt-1">
            {t(`difference.${difference}`)}
          </Badge>
        ) : null}
      </Td>
      <CheckCell check={pair.left} />
      <CheckCell check={pair.right} />
    </tr>
  );
}

function CheckCell({ check }: { check: DrillCheckDto | null }) {
  const t = useTranslations("drills.compare");
  if (check === null) return <Td className="align-top! text-ink-3">{t("noSuchCheck")}</Td>;
  return (
    <Td className="w-[38%] min-w-44 align-top!">
      <StatusBadge status={`drillCheck.${check.state}`} />
      {check.actual === "" ? null : <span className="mt-1 block text-[0.8125rem] wrap-anywhere text-ink-2 nums">{check.actual}</span>}
    </Td>
  );
}
