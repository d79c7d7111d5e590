import { parentPort } from "node:worker_threads";
import { type CompressJob, compressBatch, type DecodeJob, decodeBatch } from "./codec.ts";

type Request = { readonly id: number; readonly job: CompressJob | DecodeJob };

parentPort?.on("message", ({ id, job }: Request) => {
  try {
    if (job.kind === "compress") {
      const result = compressBatch(job);
      parentPort?.postMessage({ id, result }, [result.raw, result.frames.buffer]);
    } else {
      const result = decodeBatch(job);
      parentPort?.postMessage({ id, result }, [result.raw.buffer, result.stored]);
    }
  } catch (error) {
    parentPort?.postMessage({ id, error }, []);
  }
});
