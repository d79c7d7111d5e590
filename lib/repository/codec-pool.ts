import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { CompressedBatch, CompressJob, DecodedBatch, DecodeJob, HashedBatch, HashJob } from "./codec.ts";

/**
 * Worker threads that hash, compress and decode, so that no event loop waits for zstd. Buffers are moved, not copied: a job's buffer is
 * empty for its caller afterwards. Callers bound how much they have in flight (`inFlight` is a good number).
 */
export interface CodecPool {
  readonly inFlight: number;
  hash(job: Omit<HashJob, "kind">): Promise<HashedBatch>;
  compress(job: Omit<CompressJob, "kind">): Promise<CompressedBatch>;
  decode(job: Omit<DecodeJob, "kind">): Promise<DecodedBatch>;
  /** Ends the threads; what is still in flight rejects. */
  close(): Promise<void>;
}

type Waiting = { resolve(result: never): void; reject(error: unknown): void };
type Reply = { id: number; result: never } | { id: number; error: unknown };
type Lane = { worker: Worker; waiting: Map<number, Waiting> };

/**
 * Threads start with the first job and hold the process open only while a job is in flight. `threads` defaults to the cores, 2 to 4.
 * `heapMb` bounds a thread's objects, about 6 MiB of them in use: behind each small one that zstd leaves lie 64 KiB and more, and a smaller heap is
 * collected sooner. With 32 the worker's peak was 228 MiB instead of 346 MiB (`npm run bench -- --only memory`).
 */
export function createCodecPool(options: { threads?: number; heapMb?: number } = {}): CodecPool {
  const threads = options.threads ?? Math.min(4, Math.max(2, availableParallelism()));
  const resourceLimits = {
    maxYoungGenerationSizeMb: 1,
    ...(options.heapMb === undefined ? {} : { maxOldGenerationSizeMb: options.heapMb }),
  };
  const lanes: Lane[] = [];
  let nextId = 1;
  let closed = false;

  const openLane = (): Lane => {
    const worker = new Worker(new URL("./codec-worker.ts", import.meta.url), { resourceLimits });
    const lane: Lane = { worker, waiting: new Map() };
    const drop = (error: Error) => {
      const index = lanes.indexOf(lane);
      if (index !== -1) lanes.splice(index, 1);
      for (const waiting of lane.waiting.values()) waiting.reject(error);
      lane.waiting.clear();
    };
    worker.on("message", (reply: Reply) => {
      const waiting = lane.waiting.get(reply.id);
      lane.waiting.delete(reply.id);
      if (lane.waiting.size === 0) worker.unref();
      if ("error" in reply) waiting?.reject(reply.error);
      else waiting?.resolve(reply.result);
    });
    worker.on("error", (error) => drop(error));
    worker.on("exit", () => drop(new Error("the codec thread ended")));
    worker.unref();
    return lane;
  };

  const run = <T>(job: CompressJob | DecodeJob | HashJob): Promise<T> => {
    if (closed) return Promise.reject(new Error("the codec pool is closed"));
    const idle = lanes.find((lane) => lane.waiting.size === 0);
    if (idle === undefined && lanes.length < threads) lanes.push(openLane());
    const lane = idle ?? lanes.reduce((least, each) => (each.waiting.size < least.waiting.size ? each : least));
    const id = nextId;
    nextId += 1;
    return new Promise<T>((resolve, reject) => {
      lane.waiting.set(id, { resolve, reject });
      lane.worker.ref();
      const spare = job.kind === "compress" ? job.frames : job.kind === "decode" ? job.raw : undefined;
      lane.worker.postMessage({ id, job }, spare === undefined ? [job.buffer] : [job.buffer, spare]);
    });
  };

  return {
    inFlight: threads + 2,
    hash: (job) => run<HashedBatch>({ kind: "hash", ...job }),
    compress: (job) => run<CompressedBatch>({ kind: "compress", ...job }),
    decode: (job) => run<DecodedBatch>({ kind: "decode", ...job }),
    async close() {
      closed = true;
      await Promise.all([...lanes].map((lane) => lane.worker.terminate()));
    },
  };
}
