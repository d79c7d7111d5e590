import { expect, it } from "vitest";
import { zstdCompressSync } from "node:zlib";
import type { RunWork } from "../runs/work.ts";
import type { OpenImport } from "./open-import.ts";
import { scanScript } from "./prepare-script.ts";
import type { Wrapping } from "./sniff-file.ts";

async function scan(bytes: Buffer, wrapping: Wrapping) {
  const signal = new AbortController().signal;
  const work = { signal, reporter: { progress: () => undefined }, engineContext: { workDir: "/" } } as unknown as RunWork;
  const read = async function* () {
    yield bytes;
  };
  const opened = { path: "/x", bytes: bytes.length, read } as unknown as OpenImport;
  return await scanScript(work, opened, { kind: "format", format: "pg-plain", takenAt: null, wrapping });
}

const head = "--\n-- PostgreSQL database dump\n--\n\nSET a = 1;\n";
const rest = "COPY public.t FROM stdin;\n1\n\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n\n";

it("a script of pg_dump is read to its last line, through several frames of zstd as well", async () => {
  const { facts } = await scan(Buffer.concat([zstdCompressSync(head), zstdCompressSync(rest)]), "zstd");
  expect(facts).toMatchObject({ bytes: head.length + rest.length, isCut: false });
});

it("a script of pg_dump that is cut between two statements is no import", async () => {
  const cut = Buffer.from(head + rest.slice(0, rest.indexOf("\\.") + 3));
  await expect(scan(cut, "none")).rejects.toMatchObject({
    code: "stream-cut",
    params: { detail: expect.stringContaining("PostgreSQL database dump complete") as unknown },
  });
});
