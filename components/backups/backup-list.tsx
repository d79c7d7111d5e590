"use client";
/** All backups; filters, order and search live in the address. */
import { Archive } from "lucide-react";
import { useTranslations } from "next-intl";
import type { BackupDto } from "#lib/contracts/backups";
import { exportBackups } from "#lib/contracts/exports";
import { backupKinds } from "#lib/domain/backup-state";
import { listBackupsPages } from "#lib/query/backups";
import { ExportMenu } from "../data-table/export-menu.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { FilterSelect, ToolbarSearch } from "../data-table/toolbar.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { SourceFilter } from "../sources/source-filter.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { backupListQuery, backupListSpec, backupSorts, proofFilters } from "./backup-list-spec.tsx";
import { useBackupColumns } from "./backup-columns.tsx";

export function BackupList() {
  const t = useTranslations("backups");
  const sourceWords = useTranslations("sources");
  const list = useListState(backupListSpec);
  const { values } = list;
  const columns = useBackupColumns();
  const backupQuery = backupListQuery(values);
  return (
    <ListTable
      label={t("title")}
      columns={columns}
      rowId={rowId}
      rowHref={rowHref}
      pages={listBackupsPages(backupQuery)}
      sort={values.sort ?? "-snapshotAt"}
      onSortChange={(sort) => list.set({ sort: backupSorts.find((known) => known === sort) })}
      list={list}
      exports={<ExportMenu endpoint={exportBackups} query={backupQuery} />}
      search={<ToolbarSearch label={t("search")} value={values.q} onChange={(q) => list.set({ q })} />}
      filters={
        <>
          <SourceFilter value={values.source} onChange={(source) => list.set({ source })} />
          <FilterSelect
            label={t("filters.kind")}
            value={values.kind}
            options={backupKinds.map((value) => ({ value, label: t(`kinds.${value}`) }))}
            onChange={(kind) => list.set({ kind })}
          />
          <FilterSelect
            label={t("filters.proof")}
            value={values.proof}
            options={proofFilters.map((value) => ({ value, label: t(`filters.proofs.${value}`) }))}
            onChange={(proof) => list.set({ proof })}
          />
          <FilterSelect
            label={t("filters.pins")}
            value={values.pinned}
            options={[{ value: "true", label: t("filters.pinned") }]}
            onChange={(pinned) => list.set({ pinned })}
          />
        </>
      }
      empty={
        <EmptyState icon={Archive} title={t("empty.title")} actions={<ButtonLink href="/sources">{sourceWords("title")}</ButtonLink>}>
          {t("empty.text")}
        </EmptyState>
      }
    />
  );
}

const rowId = ({ id }: BackupDto): string => id;
const rowHref = ({ id }: BackupDto): string => `/backups/${id}`;
