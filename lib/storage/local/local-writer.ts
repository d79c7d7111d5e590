import { type FileHandle, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { toFileError } from "../file-error.ts";
import type { StorageWriter } from "../port.ts";
import { publishFile } from "./publish-file.ts";

/** Opens the temporary file of one write (0600) below `.incoming`; nothing stands under the key before `commit`. */
export async function openLocalWriter(options: {
  root: string;
  path: string;
  temporary: string;
  replace: boolean;
}): Promise<StorageWriter> {
  const { root, path, temporary, replace } = options;
  const folder = dirname(temporary);
  const fail = async (error: unknown, neededBytes: number): Promise<never> => {
    throw await toFileError(error, { path, folder, neededBytes });
  };
  let handle: FileHandle | null = await open(temporary, "wx", 0o600).catch((error: unknown) => fail(error, 0));
  let written = 0;
  let published = false;
  const close = async () => {
    const closing = handle;
    handle = null;
    await closing?.close();
  };
  return {
    async write(bytes) {
      if (handle === null) throw new Error("the write is over");
      let offset = 0;
      try {
        while (offset < bytes.length) {
          const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset);
          offset += bytesWritten;
          written += bytesWritten;
        }
      } catch (error) {
        await fail(error, bytes.length - offset);
      }
    },
    async commit(expectedBytes) {
      if (handle === null) throw new Error("the write is over");
      try {
        await handle.sync();
        const { size } = await handle.stat();
        if (size !== expectedBytes || written !== expectedBytes) {
          throw new LifeboatError("io-error", { path, detail: `${size} bytes on disk, ${expectedBytes} expected` });
        }
        await close();
        await publishFile({ root, from: temporary, to: path, replace });
        published = true;
      } catch (error) {
        await fail(error, 0);
      }
    },
    async abort() {
      await close().catch(() => undefined);
      if (!published) await rm(temporary, { force: true }).catch((error: unknown) => fail(error, 0));
    },
  };
}
