import { describe, expect, it } from "vitest";
import type { ImportDto } from "#lib/contracts/imports";
import { ProblemError } from "#lib/http/client";
import { FileGoneError, partEnd, retryDelayMs, uploadRest, type UploadWorld } from "./upload-loop.ts";

const problem = (code: "web-unreachable" | "import-part-mismatch" | "no-space" | "not-signed-in" | "internal", status: number) =>
  new ProblemError({ type: "about:blank", title: code, status, code, params: {}, detail: "", hint: "", requestId: "" });

function dto(receivedBytes: number, bytes: number): ImportDto {
  return { id: "imp_1", bytes, receivedBytes, state: receivedBytes === bytes ? "ready" : "uploading" } as ImportDto;
}

/** A server that takes 10-byte parts of a 35-byte file; `faults[n]` is what the n-th try meets, after or before its part was taken. */
function world(faults: Record<number, { error: Error; taken?: boolean }> = {}, change: Partial<UploadWorld> = {}) {
  const seen = { sent: [] as string[], waits: [] as number[], progress: [] as number[], asked: 0 };
  let received = 0;
  let tries = 0;
  const made: UploadWorld = {
    send: ({ offset, end }) => {
      const fault = faults[tries++];
      seen.sent.push(`${offset}-${end}`);
      if (offset !== received) return Promise.reject(problem("import-part-mismatch", 409));
      if (fault === undefined || fault.taken === true) received = end;
      return fault === undefined ? Promise.resolve(dto(received, 35)) : Promise.reject(fault.error);
    },
    ask: () => {
      seen.asked += 1;
      return Promise.resolve(dto(received, 35));
    },
    probe: () => Promise.resolve(),
    wait: (milliseconds) => {
      seen.waits.push(milliseconds);
      return Promise.resolve();
    },
    onProgress: ({ receivedBytes }) => seen.progress.push(receivedBytes),
    onTrouble: () => undefined,
    ...change,
  };
  return { made, seen };
}

describe("an upload in parts", () => {
  it("sends every byte once, the last part shorter", async () => {
    const { made, seen } = world();
    expect((await uploadRest(dto(0, 35), 10, made)).state).toBe("ready");
    expect(seen).toMatchObject({ sent: ["0-10", "10-20", "20-30", "30-35"], progress: [10, 20, 30, 35], waits: [], asked: 0 });
  });

  it("waits a lost connection out and goes on where the server is", async () => {
    const lost = { error: problem("web-unreachable", 503) };
    const { made, seen } = world({ 1: lost, 2: lost, 3: { error: problem("internal", 500) } });
    await uploadRest(dto(0, 35), 10, made);
    expect(seen.sent).toEqual(["0-10", "10-20", "10-20", "10-20", "10-20", "20-30", "30-35"]);
    expect(seen.waits).toEqual([1000, 2000, 4000]);
  });

  it("does not send again what arrived although its answer was lost", async () => {
    const { made, seen } = world({ 1: { error: problem("web-unreachable", 503), taken: true } });
    await uploadRest(dto(0, 35), 10, made);
    expect(seen.sent).toEqual(["0-10", "10-20", "20-30", "30-35"]);
  });

  it("asks where to go on when it is out of step, at once for the first time", async () => {
    const { made, seen } = world();
    await made.send({ offset: 0, end: 10 });
    seen.sent.length = 0;
    await uploadRest(dto(0, 35), 10, made);
    expect(seen).toMatchObject({ sent: ["0-10", "10-20", "20-30", "30-35"], waits: [] });
  });

  it("does not hurry when it stays out of step", async () => {
    const mismatch = { error: problem("import-part-mismatch", 409) };
    const { made, seen } = world({ 0: mismatch, 1: mismatch, 2: mismatch });
    await uploadRest(dto(0, 35), 10, made);
    expect(seen.waits).toEqual([2000, 4000]);
  });

  it("keeps waiting while not even the question is answered", async () => {
    let asked = 0;
    const { made, seen } = world({ 0: { error: problem("web-unreachable", 503) } });
    const ask = () => (++asked === 1 ? Promise.reject(problem("web-unreachable", 503)) : made.ask());
    await uploadRest(dto(0, 35), 10, { ...made, ask });
    expect(seen.sent[1]).toBe("0-10");
  });

  it.each(["no-space", "not-signed-in"] as const)("gives up on what does not pass by itself: %s", async (code) => {
    const { made, seen } = world({ 1: { error: problem(code, code === "no-space" ? 507 : 401) } });
    await expect(uploadRest(dto(0, 35), 10, made)).rejects.toMatchObject({ code });
    expect(seen.waits).toEqual([]);
  });

  it("gives up when the file is no longer the one that was chosen", async () => {
    const probe = () => Promise.reject(new FileGoneError("changed"));
    const { made } = world({ 0: { error: problem("web-unreachable", 503) } }, { probe });
    await expect(uploadRest(dto(0, 35), 10, made)).rejects.toThrow(FileGoneError);
  });

  it("ends with the abort", async () => {
    const { made, seen } = world({ 0: { error: new DOMException("paused", "AbortError") } });
    await expect(uploadRest(dto(0, 35), 10, made)).rejects.toThrow("paused");
    expect(seen.sent).toEqual(["0-10"]);
  });

  it("retries after 1, 2, 4, 8 and then every 15 seconds", () => {
    expect([1, 2, 3, 4, 5, 6, 60].map(retryDelayMs)).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    expect(partEnd(30, 35, 10)).toBe(35);
  });
});
