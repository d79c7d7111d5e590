import { expect, it } from "vitest";
import { importHref, importIdIn } from "./import-address.tsx";

const id = `imp_${"0".repeat(32)}`;

it("reads an import's id from an address, and nothing that cannot be one", () => {
  const read = (query: string) => importIdIn(new URLSearchParams(query));
  expect(read(`import=${id}`)).toBe(id);
  for (const wrong of ["", "import=", "import=7", `import=${id}x`, "import=../../x"]) expect(read(wrong)).toBeNull();
});

it("leads on with what is unfinished, and to what became of the rest", () => {
  const row = { id, runId: null, backupId: null };
  expect(importHref({ ...row, state: "uploading" })).toBe(`/imports/new?import=${id}`);
  expect(importHref({ ...row, state: "failed", runId: "run_1" })).toBe(`/imports/new?import=${id}`);
  expect(importHref({ ...row, state: "running", runId: "run_1" })).toBe("/runs/run_1");
  expect(importHref({ ...row, state: "done", runId: "run_1", backupId: "bkp_1" })).toBe("/backups/bkp_1");
});
