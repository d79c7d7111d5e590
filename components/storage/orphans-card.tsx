"use client";
/** `<OrphansCard />`: files in storage that no row of the catalogue tells of, and what to do with them. */
import { useQuery } from "@tanstack/react-query";
import { FileCheck2, ScanSearch, Trash2, Undo2 } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useState } from "react";
import { scanStorage, settleOrphans, type OrphanDto } from "#lib/contracts/storage";
import { formatBytes } from "#lib/format/bytes";
import { formatMinute } from "#lib/format/time";
import { getIntegrityQuery, listOrphansQuery } from "#lib/query/storage";
import { useStartRun } from "../runs/use-start-run.ts";
import { useCan } from "../shell/me.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState, ProblemNotice } from "../state/error-state.tsx";
import { useReasonText } from "../state/reason.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { orphanChoice } from "./orphan-choice.ts";

const changed = ["listOrphans", "getIntegrity", "getStorageUsage", "listBackups", "listChains"] as const;

export function OrphansCard() {
  const t = useTranslations("storage.orphans");
  const can = useCan();
  const { data, error, refetch } = useQuery(listOrphansQuery());
  const { data: integrity } = useQuery({ ...getIntegrityQuery(7), refetchInterval: false });
  const scan = useStartRun(scanStorage, changed);
  return (
    <Card
      id="orphans"
      title={t("title")}
      description={
        <>
          {t("lead")}{" "}
          {integrity === undefined || integrity.scannedAt === null
            ? null
            : t.rich("scanned", { time: () => <RelativeTime at={integrity.scannedAt} /> })}
        </>
      }
      flush
      actions={
        can("backups:verify") ? (
          <Button size="sm" icon={ScanSearch} pending={scan.isPending} onClick={() => scan.mutate({})}>
            {t("scan")}
          </Button>
        ) : null
      }
    >
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <RowsSkeleton rows={2} />
        )
      ) : data.items.length === 0 ? (
        <EmptyState icon={FileCheck2} title={integrity?.scannedAt === null ? t("emptyNever") : t("empty")}>
          {t("emptyText")}
        </EmptyState>
      ) : (
        <Orphans orphans={data.items} total={data.total} />
      )}
    </Card>
  );
}

function Orphans({ orphans, total }: { orphans: readonly OrphanDto[]; total: number }) {
  const t = useTranslations("storage.orphans");
  const can = useCan();
  const locale = useLocale();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState(false);
  const settle = useStartRun(settleOrphans, changed, { quiet: true });
  const choice = orphanChoice(orphans, ticked);
  const tick = (key: string, on: boolean): void => setTicked(new Set(on ? [...ticked, key] : [...ticked].filter((each) => each !== key)));
  const all = choice.keys.length === orphans.length;
  return (
    <>
      <TableFrame label={t("title")} className="relative">
        <thead>
          <tr>
            {can("backups:delete") ? (
              <Th>
                <Checkbox
                  bare
                  label={t("tickAll")}
                  checked={all}
                  indeterminate={choice.keys.length > 0 && !all}
                  onCheckedChange={(on) => setTicked(new Set(on ? orphans.map(({ key }) => key) : []))}
                />
              </Th>
            ) : null}
            <Th>{t("file")}</Th>
            <Th>{t("provenance")}</Th>
            <Th>{t("holds")}</Th>
            <Th num>{t("size")}</Th>
            <Th>{t("found")}</Th>
          </tr>
        </thead>
        <tbody>
          {orphans.map((orphan) => (
            <Row key={orphan.key} orphan={orphan} ticked={ticked.has(orphan.key)} onTick={can("backups:delete") ? tick : null} />
          ))}
        </tbody>
      </TableFrame>
      {total > orphans.length ? <p className="px-5 py-2 text-xs text-ink-3">{t("more", { count: total - orphans.length })}</p> : null}
      {can("backups:delete") ? (
        <div className="flex flex-wrap items-center gap-2 border-t border-line px-4 py-3 sm:px-5">
          <Button
            size="sm"
            icon={Undo2}
            disabled={choice.importable.length === 0}
            pending={settle.isPending}
            onClick={() => settle.mutate({ body: { action: "import", keys: [...choice.importable] } })}
          >
            {t("import", { count: choice.importable.length })}
          </Button>
          <Button size="sm" variant="danger-ghost" icon={Trash2} disabled={choice.keys.length === 0} onClick={() => setAsking(true)}>
            {t("remove", { count: choice.keys.length, size: formatBytes(choice.bytes, locale) })}
          </Button>
          <p className="text-xs text-ink-3">{t("importHint")}</p>
          {asking ? null : <ProblemNotice error={settle.error} className="w-full" />}
        </div>
      ) : null}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t("removeTitle", { count: choice.keys.length })}
        confirm={t("remove", { count: choice.keys.length, size: formatBytes(choice.bytes, locale) })}
        disabled={choice.keys.length === 0}
        pending={settle.isPending}
        onConfirm={() => settle.mutate({ body: { action: "remove", keys: [...choice.keys] } })}
      >
        <p>{t("removeText")}</p>
        <ul className="max-h-48 overflow-y-auto font-mono text-xs">
          {choice.keys.map((key) => (
            <li key={key} className="break-all">
              {key}
            </li>
          ))}
        </ul>
        <ProblemNotice error={settle.error} />
      </ConfirmDialog>
    </>
  );
}

function Row({ orphan, ticked, onTick }: { orphan: OrphanDto; ticked: boolean; onTick: ((key: string, on: boolean) => void) | null }) {
  const t = useTranslations("storage.orphans");
  const kinds = useTranslations("backups.kinds");
  const tell = useReasonText();
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const holds = [
    orphan.sourceName,
    orphan.kind === null ? null : kinds(orphan.kind),
    orphan.snapshotAt === null ? null : formatMinute(orphan.snapshotAt, settings),
  ].filter((part) => part !== null);
  return (
    <tr>
      {onTick === null ? null : (
        <Td>
          <Checkbox bare label={t("tick", { key: orphan.key })} checked={ticked} onCheckedChange={(on) => onTick(orphan.key, on)} />
        </Td>
      )}
      <Td className="max-w-80 min-w-40 font-mono text-xs break-all">{orphan.key}</Td>
      <Td>
        <StatusBadge status={`orphan.${orphan.provenance}`} />
        {orphan.problem === null ? null : <span className="block text-xs text-bad">{tell(orphan.problem).message}</span>}
      </Td>
      <Td className="text-ink-2">{holds.length === 0 ? t("holdsUnknown") : holds.join(", ")}</Td>
      <Td num className="whitespace-nowrap">
        {formatBytes(orphan.bytes, settings.locale)}
      </Td>
      <Td className="whitespace-nowrap">
        <RelativeTime at={orphan.foundAt} />
      </Td>
    </tr>
  );
}
