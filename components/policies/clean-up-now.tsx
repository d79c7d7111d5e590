"use client";
/** `<CleanUpNow source onClose />`: carries out the policy now; says beforehand how many would go and how large they are. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { cleanUpSource } from "#lib/contracts/policies";
import { formatBytes } from "#lib/format/bytes";
import { goingOf, simulateRetentionQuery } from "#lib/query/policies";
import { useStartRun } from "../runs/use-start-run.ts";
import { ProblemNotice } from "../state/error-state.tsx";
import { Skeleton } from "../state/skeleton.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { trashChanges } from "./policy-changes.ts";

type CleanUpProps = { source: { readonly id: string; readonly name: string }; onClose: () => void };

export function CleanUpNow({ source, onClose }: CleanUpProps) {
  const t = useTranslations("policies.one");
  const locale = useLocale();
  const { data, error } = useQuery(simulateRetentionQuery(source.id, { day: 0, days: 1 }));
  const start = useStartRun(cleanUpSource, trashChanges, { quiet: true });
  const going = data === undefined ? [] : goingOf(data);
  const size = formatBytes(
    going.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    locale,
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("cleanUpTitle", { source: source.name })}
      confirm={t("cleanUpConfirm", { count: going.length })}
      danger={false}
      disabled={data === undefined}
      pending={start.isPending}
      onConfirm={() => start.mutate({ params: { id: source.id } })}
    >
      {data === undefined ? (
        error ? (
          <ProblemNotice error={error} />
        ) : (
          <Skeleton className="h-4 w-3/4" />
        )
      ) : (
        <p>{t("cleanUpText", { count: going.length, size })}</p>
      )}
      <ProblemNotice error={start.error} />
    </ConfirmDialog>
  );
}
