"use client";
import { useEffect, useReducer } from "react";
import { getRunLog, runLogLine, type RunLogLineDto } from "#lib/contracts/runs";
import { call, endpointUrl } from "#lib/http/client";
import { pollWhileRunningMs } from "#lib/query/endpoint-query";
import { appendLines } from "./log-lines.ts";

export type LogMode = "loading" | "live" | "polling" | "paused" | "final";
export type LogState = { readonly lines: readonly RunLogLineDto[]; readonly mode: LogMode };

type LogEvent = { readonly lines: readonly RunLogLineDto[] } | { readonly mode: LogMode };

function reduce(state: LogState, event: LogEvent): LogState {
  if ("mode" in event) return state.mode === event.mode ? state : { ...state, mode: event.mode };
  return { ...state, lines: appendLines(state.lines, event.lines) };
}

const pageLines = 2000;

/**
 * Follows a run's log: over an event stream while the page is visible (browsers allow six connections a host, so a hidden page
 * gives its own back), and by asking every two seconds where no stream comes through.
 */
export function useRunLog(runId: string): LogState {
  const [state, send] = useReducer(reduce, { lines: [], mode: "loading" });
  useEffect(() => follow(runId, send), [runId]);
  return state;
}

function follow(runId: string, send: (event: LogEvent) => void): () => void {
  let last = 0;
  let final = false;
  let stop: () => void = () => undefined;
  const take = (lines: readonly RunLogLineDto[]): void => {
    last = Math.max(last, lines.at(-1)?.seq ?? 0);
    send({ lines });
  };
  const finish = (): void => {
    final = true;
    send({ mode: "final" });
  };
  const start = (): void => {
    stop = stream(runId, last, {
      take,
      finish,
      opened: () => send({ mode: "live" }),
      broken: () => {
        send({ mode: "polling" });
        stop = poll(runId, () => last, { take, finish });
      },
    });
  };
  const visibility = (): void => {
    if (final) return;
    stop();
    if (document.visibilityState === "hidden") send({ mode: "paused" });
    else start();
  };
  if (document.visibilityState === "visible") start();
  document.addEventListener("visibilitychange", visibility);
  return () => {
    document.removeEventListener("visibilitychange", visibility);
    stop();
  };
}

type Sink = { take: (lines: readonly RunLogLineDto[]) => void; finish: () => void };

function stream(runId: string, after: number, sink: Sink & { opened: () => void; broken: () => void }): () => void {
  const source = new EventSource(endpointUrl(getRunLog, { params: { id: runId }, query: { after } }));
  source.addEventListener("open", sink.opened);
  source.addEventListener("line", ({ data }: MessageEvent<string>) => sink.take([runLogLine.parse(JSON.parse(data))]));
  source.addEventListener("end", () => {
    source.close();
    sink.finish();
  });
  // The browser's own reconnecting would start over from `after`; asking from the last line on is simpler and always works.
  source.addEventListener("error", () => {
    source.close();
    sink.broken();
  });
  return () => source.close();
}

function poll(runId: string, after: () => number, sink: Sink): () => void {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async (): Promise<void> => {
    let waitMs = pollWhileRunningMs;
    try {
      const input = { params: { id: runId }, query: { after: after(), limit: pageLines }, signal: abort.signal };
      const { lines, final } = await call(getRunLog, input);
      if (abort.signal.aborted) return;
      sink.take(lines);
      if (lines.length === pageLines) waitMs = 0;
      else if (final) return sink.finish();
    } catch {
      // Out of reach for now: the next turn asks again.
    }
    if (!abort.signal.aborted) timer = setTimeout(() => void ask(), waitMs);
  };
  void ask();
  return () => {
    abort.abort();
    clearTimeout(timer);
  };
}
