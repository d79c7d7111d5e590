import { join } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { groupTicks } from "#lib/exec/group-ticks";
import { largeWrites } from "#lib/exec/large-writes";
import { spawnTool, type ToolProcess } from "#lib/exec/spawn-tool";
import type { StreamChunk } from "../port.ts";
import type { PinnedAddress } from "./address.ts";
import { ArchiveReader, type ArchiveFacts } from "./archive-reader.ts";
import { mapToolFailure } from "./connection-errors.ts";
import { type StallBounds, StallWatch } from "./stall-watch.ts";
import { watchedRead } from "./watched-read.ts";

export type DumpRequest = StallBounds & {
  readonly binDir: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly address: PinnedAddress;
  readonly database: string;
  readonly applicationName: string;
  readonly lockWaitMs: number;
  readonly signal: AbortSignal;
};

/** One running pg_dump whose archive is read as it passes. */
export class DumpStream {
  readonly reader = new ArchiveReader();
  readonly #request: DumpRequest;
  readonly #tool: ToolProcess;
  #facts: ArchiveFacts | null = null;
  #failure: unknown = null;

  constructor(request: DumpRequest) {
    this.#request = request;
    this.#tool = spawnTool({
      file: join(request.binDir, "pg_dump"),
      args: request.args,
      env: { ...request.env, ...largeWrites() },
      // Nobody knows how long a dump takes; a stall is judged by asking the server.
      timeoutMs: null,
      signal: request.signal,
      reuseMemory: true,
    });
  }

  get pid(): number | undefined {
    return this.#tool.pid;
  }

  /** Read once; a chunk is valid until the next one is asked for. Throws when the tool or the connection fails, also after the last byte. */
  async *chunks(): AsyncGenerator<StreamChunk> {
    const { address, database, applicationName, stallMs, lookMs } = this.#request;
    const { pid } = this.#tool;
    const watch = new StallWatch({
      address,
      database,
      applicationName,
      stallMs,
      lookMs,
      clientTicks: async () => (pid === undefined ? null : await groupTicks(pid)),
    });
    try {
      for await (const bytes of watchedRead(this.#tool.stdout, stallMs, async (silentMs) => await watch.check(silentMs))) {
        watch.reset();
        yield* this.reader.push(bytes);
      }
      const { chunks, facts } = this.reader.end();
      this.#facts = facts;
      yield* chunks;
    } catch (error) {
      this.#request.signal.throwIfAborted();
      this.#failure ??= error;
      this.#tool.kill();
      // A stream that breaks off has its cause in the tool's exit; what the watch found is said as it is.
      if (!(error instanceof LifeboatError)) await this.finish();
      throw error;
    }
    await this.finish();
  }

  /** Waits for exit code and stream end, both, and judges them. */
  async finish(): Promise<{ facts: ArchiveFacts; warnings: string[] }> {
    const { address, database, lockWaitMs, signal } = this.#request;
    if (this.#failure instanceof LifeboatError) throw this.#failure;
    const exit = await this.#tool.done;
    signal.throwIfAborted();
    const tool = "pg_dump";
    if (exit.signal !== null) throw new LifeboatError("tool-killed", { tool, signal: exit.signal });
    if (exit.exitCode !== 0) {
      const failure = { tool, exitCode: exit.exitCode, stderr: exit.stderr, address, database };
      throw mapToolFailure({ ...failure, lockWaitSeconds: Math.ceil(lockWaitMs / 1_000) });
    }
    const facts = this.#facts;
    if (facts === null) throw new LifeboatError("stream-cut", { detail: "it was not read to its end" });
    if (facts.bytesIn === 0) throw new LifeboatError("tool-empty-output", { tool });
    if (facts.cut !== null) throw new LifeboatError("stream-cut", { detail: facts.cut });
    return { facts, warnings: exit.stderr.split("\n").filter((line) => line.trim() !== "") };
  }

  /** Ends the process group and waits for it; safe at any time and more than once. */
  async close(): Promise<void> {
    this.#tool.kill();
    this.#tool.stdout.destroy();
    await this.#tool.done.catch(() => undefined);
  }
}
