import { access, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { downloadBackup } from "#lib/contracts/backups";
import { LifeboatError } from "#lib/domain/error";
import { formatBytes } from "#lib/format/bytes";
import { endpointUrl } from "#lib/http/client";
import type { Command } from "../command.ts";
import { downloadFile } from "../download-file.ts";
import { exitCode, usageError } from "../exit-code.ts";
import { findBackup } from "../find.ts";

const formats = ["dump", "stored"] as const;

export const downloadCommand: Command = {
  name: "download",
  summary: "Download a backup's file; goes on where an earlier try ended, and checks every byte",
  usage: ["<backup id> [--out file] [--format dump|stored]", "--source name [--out file]"],
  takes: { words: 1 },
  options: {
    source: { type: "string", short: "s", value: "name", help: "the newest good backup of this source" },
    out: { type: "string", short: "o", value: "file", help: "the file (default: its own name, here)" },
    format: { type: "string", value: "format", help: "dump: the plain archive; stored: the pack as it lies in storage (default: dump)" },
    force: { type: "boolean", help: "replace a file that is there" },
  },
  about: ["What arrived so far is kept as <file>.part when the command is interrupted."],
  run: async (given, session) => {
    const backup = await findBackup(session, { id: given.positionals[0], source: given.text("source") });
    const format = given.oneOf("format", formats) ?? "dump";
    const own = basename(backup.fileName);
    const out = resolve(session.env.callerDir, given.text("out") ?? (format === "dump" ? own.replace(/\.zst$/, "") : own));
    const folder = await stat(dirname(out)).catch(() => null);
    if (folder?.isDirectory() !== true) throw usageError(`${dirname(out)} is no folder`, "Make it first, or say another --out.");
    const isThere = await access(out).then(
      () => true,
      () => false,
    );
    if (isThere && !given.flag("force")) throw new LifeboatError("file-exists", { path: out });
    const path = endpointUrl(downloadBackup, { params: { id: backup.id }, query: { format } });
    const { bytes, sha256, resumedFrom } = await downloadFile(session, path, out);
    const { terminal } = session;
    if (session.asJson) terminal.printJson({ path: out, bytes, sha256, resumedFrom, backupId: backup.id, format });
    else {
      if (resumedFrom > 0) terminal.note(`went on after ${formatBytes(resumedFrom, "en")}`);
      terminal.print(`${out}: ${formatBytes(bytes, "en")}, SHA-256 ${sha256}, as recorded`);
    }
    return exitCode.ok;
  },
};
