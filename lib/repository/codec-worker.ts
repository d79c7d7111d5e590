import { parentPort } from "node:worker_threads";
import { type CompressJob, compressBatch, type DecodeJob, decodeBatch, hashBatch, type HashJob } from "./codec.ts";

type Request = { readonly id: number; readonly job: CompressJob | DecodeJob | HashJob };

parentPort?.on("message", ({ id, job }: Request) => {
  try {
    if (job.kind === "compress") {
      const result = compressBatch(job);
      parentPort?.postMessage({ id, result }, [result.raw, result.frames.buffer]);
    } else if (job.kind === "hash") {
      const result = hashBatch(job);
      parentPort?.postMessage({ id, result }, [result.raw]);
    } else {
      const result = decodeBatch(job);
      parentPort?.postMessage({ id, result }, [result.raw.buffer, result.stored]);
    }
  } catch (error) {
    parentPort?.postMessage({ id, error }, []);
  }
});
