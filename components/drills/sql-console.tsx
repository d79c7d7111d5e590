"use client";
/** `<SqlConsole drill />`: one statement on the copy, read only. Ctrl+Enter runs it. It never reaches anything but the copy. */
import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState, type KeyboardEvent, type SyntheticEvent } from "react";
import { queryDrill, type DrillDetailDto } from "#lib/contracts/drills";
import { formatDuration } from "#lib/format/duration";
import { call } from "#lib/http/client";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { CellGrid } from "./cell-grid.tsx";

export function SqlConsole({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.console");
  const locale = useLocale();
  const [sql, setSql] = useState("");
  const query = useMutation({
    mutationFn: (statement: string) => call(queryDrill, { params: { id: drill.id }, body: { sql: statement } }),
    retry: false,
  });
  const canRun = sql.trim() !== "" && drill.pausedAt === null;
  const run = (event?: SyntheticEvent): void => {
    event?.preventDefault();
    if (canRun && !query.isPending) query.mutate(sql);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run(event);
  };
  const answer = query.data;
  return (
    <div className="flex flex-col gap-5">
      <Card title={t("title")} description={t("lead", { name: drill.target?.name ?? "" })}>
        <form onSubmit={run} className="flex flex-col gap-3">
          <Field label={t("statement")}>
            <Textarea
              mono
              rows={6}
              spellCheck={false}
              value={sql}
              onValueChange={setSql}
              onKeyDown={onKeyDown}
              maxLength={20_000}
              placeholder="SELECT count(*) FROM …"
            />
          </Field>
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" variant="primary" icon={Play} disabled={!canRun} pending={query.isPending}>
              {t("run")}
            </Button>
            <span className="flex items-center gap-1 text-xs text-ink-3 max-sm:hidden">
              <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd>
            </span>
            <p className="text-xs text-ink-3">{t("limits")}</p>
          </div>
        </form>
      </Card>
      <ProblemNotice error={query.error} />
      {answer === undefined || query.error !== null ? null : (
        <Card
          flush
          title={t("result")}
          description={
            <span role="status">
              {t("resultText", { count: answer.rows.length, time: formatDuration(answer.durationMs, locale) })}
              {answer.truncated ? ` ${t("truncated")}` : ""}
            </span>
          }
        >
          <CellGrid label={t("result")} columns={answer.columns} rows={answer.rows} />
        </Card>
      )}
    </div>
  );
}
