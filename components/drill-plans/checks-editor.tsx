"use client";
/** `<ChecksEditor …/>`: the built-in checks as switches, and one's own with forms; each mandatory or advisory. */
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, Pencil, Plus, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import type { DrillHooksDto } from "#lib/contracts/drill-plans";
import { isContentCheck } from "#lib/domain/drill-checks";
import { getDrillHooksQuery } from "#lib/query/drill-plans";
import { useCheckName } from "../drills/check-name.ts";
import { Badge } from "../ui/badge.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Menu } from "../ui/menu.tsx";
import { Notice } from "../ui/notice.tsx";
import { BuiltInRow } from "./built-in-row.tsx";
import { CheckDialog } from "./check-dialog.tsx";
import { addableChecks, isAddable, moveCheck, putCheck, switchableChecks, switchOff, switchOn, type AddableCheck } from "./check-list.ts";
import { useCheckSummary } from "./check-summary.ts";
import { CopyChecks } from "./copy-checks.tsx";
import { ImportanceChoice } from "./importance-choice.tsx";

type EditorProps = {
  sourceId: string;
  version: number;
  engine: "postgres" | "sqlite";
  value: readonly CheckDefinition[];
  onChange: (checks: CheckDefinition[]) => void;
  isDirty: boolean;
  mayPlan: boolean;
};

type Edited = { readonly type: AddableCheck; readonly check: CheckDefinition | null };

export function ChecksEditor({ sourceId, version, engine, value, onChange, isDirty, mayPlan }: EditorProps) {
  const t = useTranslations("drillPlans.checks");
  const names = useTranslations("drills.checks.names");
  const { data: hooks } = useQuery(getDrillHooksQuery());
  const [edited, setEdited] = useState<Edited | null>(null);
  const [round, setRound] = useState(0);
  const edit = (next: Edited): void => {
    setRound(round + 1);
    setEdited(next);
  };
  const own = value.filter(({ type }) => isAddable(type));
  const hasContent = value.some(({ type, mandatory }) => mandatory && isContentCheck(type));
  return (
    <Card
      title={t("title")}
      description={t("lead")}
      flush
      actions={mayPlan ? <CopyChecks sourceId={sourceId} version={version} disabled={isDirty} /> : null}
    >
      {hasContent ? null : (
        <Notice tone="warn" className="m-4 mb-0 sm:m-5 sm:mb-0" title={t("noContent")}>
          {t("noContentText")}
        </Notice>
      )}
      <h3 className="px-4 pt-4 pb-1 text-[0.8125rem] font-semibold text-ink sm:px-5">{t("builtIn")}</h3>
      <ul className="divide-y divide-line/70 border-b border-line">
        {switchableChecks(engine).map((type) => (
          <BuiltInRow
            key={type}
            type={type}
            check={value.find((check) => check.type === type) ?? null}
            applications={hooks?.applications ?? []}
            onSwitch={(isOn) => onChange(isOn ? switchOn(value, type, engine) : switchOff(value, type))}
            onChange={(check) => onChange(putCheck(value, check))}
          />
        ))}
      </ul>
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-4 pb-2 sm:px-5">
        <h3 className="text-[0.8125rem] font-semibold text-ink">{t("own")}</h3>
        {mayPlan ? (
          <Menu
            trigger={
              <Button size="sm" icon={Plus}>
                {t("add")}
              </Button>
            }
            items={addableChecks(engine).map((type) => ({
              label: names(type),
              hint: t(`hints.${type}`),
              onSelect: () => edit({ type, check: null }),
            }))}
          />
        ) : null}
      </div>
      {own.length === 0 ? (
        <p className="px-4 pb-4 text-[0.8125rem] text-ink-3 sm:px-5">{t("ownNone")}</p>
      ) : (
        <ul className="divide-y divide-line/70 border-t border-line">
          {own.map((check, index) => (
            <OwnRow
              key={check.key}
              check={check}
              hooks={hooks}
              isFirst={index === 0}
              isLast={index === own.length - 1}
              mayPlan={mayPlan}
              onMove={(by) => onChange(moveCheck(value, check.key, by))}
              onEdit={() => (isAddable(check.type) ? edit({ type: check.type, check }) : undefined)}
              onRemove={() => onChange(value.filter(({ key }) => key !== check.key))}
              onChange={(next) => onChange(putCheck(value, next))}
            />
          ))}
        </ul>
      )}
      {edited === null ? null : (
        <CheckDialog
          key={round}
          type={edited.type}
          check={edited.check}
          checks={value}
          hooks={hooks}
          engine={engine}
          onClose={() => setEdited(null)}
          onDone={(check) => {
            onChange(putCheck(value, check));
            setEdited(null);
          }}
        />
      )}
    </Card>
  );
}

type OwnRowProps = {
  check: CheckDefinition;
  hooks: DrillHooksDto | undefined;
  isFirst: boolean;
  isLast: boolean;
  mayPlan: boolean;
  onMove: (by: -1 | 1) => void;
  onEdit: () => void;
  onRemove: () => void;
  onChange: (check: CheckDefinition) => void;
};

function OwnRow({ check, hooks, isFirst, isLast, mayPlan, onMove, onEdit, onRemove, onChange }: OwnRowProps) {
  const t = useTranslations("drillPlans.checks");
  const names = useTranslations("drills.checks.names");
  const name = useCheckName()(check);
  const summary = useCheckSummary()(check);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
      <div className="min-w-0 flex-1 basis-60">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="text-sm font-medium wrap-anywhere text-ink">{name}</span>
          <Badge>{names(check.type)}</Badge>
          {isDeclared(check, hooks) ? null : <Badge tone="warn">{t("undeclared")}</Badge>}
        </div>
        <p className="line-clamp-2 text-xs wrap-anywhere text-ink-3">{summary}</p>
      </div>
      <ImportanceChoice name={name} isMandatory={check.mandatory} onChange={(mandatory) => onChange({ ...check, mandatory })} />
      {mayPlan ? (
        <div className="flex">
          <IconButton size="sm" icon={ChevronUp} label={t("up", { name })} disabled={isFirst} onClick={() => onMove(-1)} />
          <IconButton size="sm" icon={ChevronDown} label={t("down", { name })} disabled={isLast} onClick={() => onMove(1)} />
          <IconButton size="sm" icon={Pencil} label={t("edit", { name })} onClick={onEdit} />
          <IconButton size="sm" icon={Trash2} label={t("remove", { name })} onClick={onRemove} />
        </div>
      ) : null}
    </li>
  );
}

/** False for a check that names what no host declares (any more): it would fail. */
function isDeclared(check: CheckDefinition, hooks: DrillHooksDto | undefined): boolean {
  if (hooks === undefined) return true;
  if (check.type === "command") return hooks.commands.some(({ name }) => name === check.command);
  if (check.type === "http") return hooks.applications.some(({ name }) => name === check.application);
  return true;
}
