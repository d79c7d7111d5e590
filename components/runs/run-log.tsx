"use client";
/** `<RunLog runId={run.id} />`: the log of a run, live while it runs. Stays at the newest line unless one scrolls up. */
import { clsx } from "clsx";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import type { RunLogLineDto } from "#lib/contracts/runs";
import { formatClock, formatInstant } from "#lib/format/time";
import { Card } from "../ui/card.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { keptLines } from "./log-lines.ts";
import { useRunLog, type LogMode } from "./use-run-log.ts";

const ink = { info: "text-ink-2", warning: "text-warn", error: "text-bad" } as const;

export function RunLog({ runId }: { runId: string }) {
  const t = useTranslations("runs.log");
  const { lines, mode } = useRunLog(runId);
  const box = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  useEffect(() => {
    if (follows && lines.length > 0 && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines.length, follows]);
  const onScroll = (): void => {
    const element = box.current;
    if (element) setFollows(element.scrollHeight - element.scrollTop - element.clientHeight < 24);
  };
  return (
    <Card
      title={t("title")}
      flush
      actions={
        <>
          <Mode mode={mode} />
          <CopyButton text={lines.map(({ at, level, text }) => `${at} ${level} ${text}`).join("\n")} what={t("title")} />
        </>
      }
    >
      <div
        ref={box}
        onScroll={onScroll}
        role="log"
        aria-label={t("title")}
        tabIndex={0}
        className="max-h-96 min-h-24 overflow-y-auto bg-sunken/60 px-4 py-3 font-mono text-xs leading-relaxed focus-visible:outline-offset-[-2px] sm:px-5"
      >
        {lines.length >= keptLines ? <p className="mb-2 text-ink-3">{t("older", { seq: lines[0]?.seq ?? 0 })}</p> : null}
        {lines.length === 0 && mode !== "loading" ? <p className="text-ink-3">{t(mode === "final" ? "none" : "empty")}</p> : null}
        {lines.map((line) => (
          <Line key={line.seq} line={line} />
        ))}
      </div>
    </Card>
  );
}

function Line({ line }: { line: RunLogLineDto }) {
  const t = useTranslations("runs.log");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  return (
    <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
      <time dateTime={line.at} title={formatInstant(line.at, settings)} className="text-ink-3 nums">
        {formatClock(line.at, settings)}
      </time>
      <span className={clsx("wrap-anywhere whitespace-pre-wrap", ink[line.level])}>
        {line.level === "info" ? null : <strong className="font-semibold">{t(`levels.${line.level}`)}: </strong>}
        {line.text}
      </span>
    </div>
  );
}

function Mode({ mode }: { mode: LogMode }) {
  const t = useTranslations("runs.log");
  if (mode === "loading") return null;
  return (
    <span className="inline-flex items-center gap-1.5 text-xs text-ink-3">
      {mode === "live" ? <span aria-hidden className="size-1.5 animate-pulse-soft rounded-full bg-good-fill" /> : null}
      {t(mode)}
    </span>
  );
}
