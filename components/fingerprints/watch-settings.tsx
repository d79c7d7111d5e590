"use client";
/** What the daily fingerprint of a source watches: a row a table, a tick for each wish. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { updateFingerprintSettings, type FingerprintSettings } from "#lib/contracts/fingerprints";
import { listSourceTablesQuery } from "#lib/query/sources";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { SearchInput } from "../ui/input.tsx";
import { FieldGroup } from "../ui/field.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";
import { toast } from "../ui/toast.tsx";
import { nameOf } from "./fingerprint-model.ts";
import { isListed, tablesOf, withTable, type WatchList } from "./watch-draft.ts";

type WatchProps = { sourceId: string; settings: FingerprintSettings; version: number; hasDigests: boolean };

export function WatchSettings({ sourceId, settings, version, hasDigests }: WatchProps) {
  const t = useTranslations("fingerprints.settings");
  const [draft, setDraft] = useState(settings);
  const [q, setQ] = useState("");
  const { data } = useQuery(listSourceTablesQuery(sourceId));
  const save = useAction(updateFingerprintSettings, {
    changes: ["listFingerprints", "getSource", "listAuditEvents"],
    onDone: () => toast({ title: t("saved") }),
  });
  const tables = tablesOf(data?.tables ?? [], draft);
  const shown = tables.filter((each) => nameOf(each).toLowerCase().includes(q.trim().toLowerCase()));
  const lists: readonly WatchList[] = [
    ...(draft.growing === null ? [] : ["growing" as const]),
    ...(hasDigests ? ["digests" as const] : []),
    "ignored",
  ];
  const words = { growing: "grow", digests: "digest", ignored: "ignore" } as const;
  return (
    <Card title={t("title")} description={t("lead")}>
      {tables.length === 0 ? (
        <p className="text-sm text-ink-3">{t("none")}</p>
      ) : (
        <div className="flex flex-col gap-4">
          <FieldGroup legend={t("grow")}>
            <Segmented
              label={t("grow")}
              value={draft.growing === null ? "learned" : "chosen"}
              onValueChange={(next) => setDraft({ ...draft, growing: next === "learned" ? null : (settings.growing ?? []) })}
              options={[
                { value: "learned", label: t("growingLearned") },
                { value: "chosen", label: t("growingChosen") },
              ]}
            />
          </FieldGroup>
          {tables.length > 8 ? <SearchInput label={t("search")} value={q} onValueChange={setQ} className="sm:w-64" /> : null}
          <TableFrame label={t("title")} className="max-h-112 overflow-y-auto rounded-lg border border-line">
            <thead>
              <tr>
                <Th>{t("table")}</Th>
                {lists.map((list) => (
                  <Th key={list}>{t(words[list])}</Th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((each) => (
                <tr key={nameOf(each)}>
                  <Td className="font-mono text-[0.8125rem] whitespace-nowrap">{nameOf(each)}</Td>
                  {lists.map((list) => (
                    <Td key={list}>
                      <Checkbox
                        bare
                        label={t(`${words[list]}Of`, { table: nameOf(each) })}
                        checked={isListed(draft, list, each)}
                        onCheckedChange={(isOn) => setDraft(withTable(draft, list, each, isOn))}
                      />
                    </Td>
                  ))}
                </tr>
              ))}
            </tbody>
          </TableFrame>
          <ProblemNotice error={save.error} />
          <div>
            <Button
              variant="primary"
              pending={save.isPending}
              onClick={() => save.mutate({ params: { id: sourceId }, body: draft, ifMatch: version })}
            >
              {t("save")}
            </Button>
          </div>
        </div>
      )}
    </Card>
  );
}
