import type { ImportDto } from "#lib/contracts/imports";

/** What a browser tells of a file before one byte of it is read. */
export type ChosenFile = { readonly name: string; readonly size: number; readonly lastModified: number };

/** The time of last change that this browser saw, by the upload's id: name and size alone do not tell yesterday's dump from today's. */
export type Remembered = Readonly<Record<string, number>>;

type Upload = Pick<ImportDto, "id" | "state" | "origin" | "fileName" | "bytes">;

/** Whether choosing this file continues that upload. */
export function continues(upload: Upload, file: ChosenFile, remembered: Remembered): boolean {
  const known = remembered[upload.id];
  return (
    upload.state === "uploading" &&
    upload.origin === "upload" &&
    upload.fileName === file.name &&
    upload.bytes === file.size &&
    (known === undefined || known === file.lastModified)
  );
}

/** The interrupted upload that choosing this file continues; the newest where there are several. */
export function findInterrupted<U extends Upload>(uploads: readonly U[], file: ChosenFile, remembered: Remembered): U | undefined {
  return uploads.find((upload) => continues(upload, file, remembered));
}

const key = "lifeboat.uploads";
/** So many uploads are remembered; older ones go. */
const most = 20;

/** What the browser's storage holds; anything else in it is as good as nothing. */
export function readRemembered(storage: Pick<Storage, "getItem">): Remembered {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    return Object.fromEntries(Object.entries(kept).filter((entry): entry is [string, number] => typeof entry[1] === "number"));
  } catch {
    return {};
  }
}

/** Remembers a file's time of last change. A browser that keeps nothing loses only the check. */
export function remember(storage: Pick<Storage, "getItem" | "setItem">, id: string, lastModified: number): void {
  const entries = Object.entries({ ...readRemembered(storage), [id]: lastModified }).slice(-most);
  try {
    storage.setItem(key, JSON.stringify(Object.fromEntries(entries)));
  } catch {
    // Full or forbidden: see above.
  }
}
