import { describe, expect, it } from "vitest";
import { continues, findInterrupted, readRemembered, remember } from "./resume.ts";

const file = { name: "shop.dump", size: 500, lastModified: 1000 };
const upload = { id: "imp_1", state: "uploading", origin: "upload", fileName: "shop.dump", bytes: 500 } as const;

function memory(content: string | null = null): Storage {
  let kept = content;
  return { getItem: () => kept, setItem: (_key: string, value: string) => void (kept = value) } as unknown as Storage;
}

describe("an interrupted upload", () => {
  it("goes on with the file of its name and size", () => {
    expect(continues(upload, file, {})).toBe(true);
    expect(continues(upload, { ...file, name: "other.dump" }, {})).toBe(false);
    expect(continues(upload, { ...file, size: 501 }, {})).toBe(false);
  });

  it("does not go on with a file that was written anew since", () => {
    expect(continues(upload, file, { imp_1: 1000 })).toBe(true);
    expect(continues(upload, file, { imp_1: 900 })).toBe(false);
    expect(continues(upload, file, { imp_2: 900 })).toBe(true);
  });

  it("is none when it is whole, or was never one", () => {
    expect(continues({ ...upload, state: "ready" }, file, {})).toBe(false);
    expect(continues({ ...upload, origin: "folder" }, file, {})).toBe(false);
  });

  it("is found among the newest first", () => {
    const uploads = [{ ...upload, id: "imp_3", state: "done" as const }, { ...upload, id: "imp_2" }, upload];
    expect(findInterrupted(uploads, file, {})?.id).toBe("imp_2");
    expect(findInterrupted(uploads, file, { imp_2: 1 })?.id).toBe("imp_1");
    expect(findInterrupted([], file, {})).toBeUndefined();
  });

  it("is remembered with the last twenty, whatever else lies in the storage", () => {
    const storage = memory();
    for (let n = 0; n < 25; n += 1) remember(storage, `imp_${n}`, n);
    expect(Object.keys(readRemembered(storage))).toHaveLength(20);
    expect(readRemembered(storage)).toMatchObject({ imp_24: 24 });
    for (const broken of ["{", "null", "7", '{"imp_1":"x"}']) expect(readRemembered(memory(broken))).toEqual({});
  });

  it("is no trouble for a browser that keeps nothing", () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new Error("full");
      },
    };
    expect(() => remember(full, "imp_1", 1)).not.toThrow();
  });
});
