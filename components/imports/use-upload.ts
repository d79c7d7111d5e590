"use client";
/**
 * `const upload = useUpload(imported, file)`: sends the file's missing bytes as long as the component stands and is not paused. What has
 * arrived is written into the query of the import; here is what only this browser knows.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { getImport, importPartBytes, listImports, type ImportDto } from "#lib/contracts/imports";
import { call } from "#lib/http/client";
import { sendPart } from "#lib/http/send-part";
import { getImportQuery } from "#lib/query/imports";
import { FileGoneError, uploadRest } from "./upload-loop.ts";
import { addSample, type Sample, speedOf } from "./upload-speed.ts";

export type UploadPhase =
  | { readonly name: "sending" }
  /** Nobody answered; the next try comes by itself. */
  | { readonly name: "waiting"; readonly error: unknown; readonly retryMs: number }
  | { readonly name: "paused" }
  | { readonly name: "failed"; readonly error: unknown };

export type RunningUpload = {
  readonly phase: UploadPhase;
  readonly sentBytes: number;
  /** Bytes a second; null where it would be a guess. */
  readonly speed: number | null;
  readonly pause: () => void;
  readonly resume: () => void;
};

export function useUpload({ id, receivedBytes }: ImportDto, file: File): RunningUpload {
  const client = useQueryClient();
  const [phase, setPhase] = useState<UploadPhase>({ name: "sending" });
  const [sentBytes, setSentBytes] = useState(receivedBytes);
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const isOn = phase.name === "sending" || phase.name === "waiting";

  useEffect(() => {
    if (!isOn) return undefined;
    const leaving = new AbortController();
    const { signal } = leaving;
    const sent = (bytes: number): void => {
      setSentBytes(bytes);
      setSamples((last) => addSample(last, { atMs: performance.now(), bytes }));
    };
    const keep = (upload: ImportDto): void => {
      client.setQueryData(getImportQuery(id).queryKey, upload);
      sent(upload.receivedBytes);
    };
    const ask = () => call(getImport, { params: { id }, signal });
    const run = async (): Promise<void> => {
      const done = await uploadRest(await ask(), importPartBytes, {
        ask,
        send: async ({ offset, end }) => {
          setPhase({ name: "sending" });
          return sendPart({ id, offset, part: file.slice(offset, end), onSent: (bytes) => sent(offset + bytes), signal });
        },
        probe: (offset) => probe(file, offset),
        wait: (milliseconds) => untilOnline(milliseconds, signal),
        onProgress: keep,
        onTrouble: ({ error, retryMs }) => setPhase({ name: "waiting", error, retryMs }),
      });
      keep(done);
      await client.invalidateQueries({ queryKey: [listImports.id] });
    };
    run().catch((error: unknown) => {
      if (!signal.aborted) setPhase({ name: "failed", error });
    });
    return () => leaving.abort();
  }, [isOn, id, file, client]);

  const pause = useCallback(() => {
    setSamples([]);
    setPhase({ name: "paused" });
  }, []);
  const resume = useCallback(() => {
    setSamples([]);
    setPhase({ name: "sending" });
  }, []);
  return { phase, sentBytes, speed: phase.name === "sending" ? speedOf(samples) : null, pause, resume };
}

/** One byte tells whether the file is still the one that was chosen: the browser refuses to read one that has changed. */
export async function probe(file: File, offset: number): Promise<void> {
  try {
    await file.slice(offset, offset + 1).arrayBuffer();
  } catch (cause) {
    throw new FileGoneError("the file can no longer be read", { cause });
  }
}

/** Waits, but not longer than until the browser has its network again. */
function untilOnline(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const leave = (): void => reject(new DOMException("aborted", "AbortError"));
  const online = (): void => resolve();
  addEventListener("online", online);
  signal.addEventListener("abort", leave);
  return promise.finally(() => {
    clearTimeout(timer);
    removeEventListener("online", online);
    signal.removeEventListener("abort", leave);
  });
}
