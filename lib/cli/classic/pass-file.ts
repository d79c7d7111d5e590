import { readFileSync, statSync } from "node:fs";

export type PassFileAsk = { readonly host: string; readonly port: number; readonly database: string; readonly username: string };

/**
 * The password that a `.pgpass` file has for a connection, as libpq finds it ("The Password File"): the first line whose four fields agree or are
 * `*`. Null when none does, when there is no file, or when others may read it (`isOpen` is told then, and libpq would not use it either).
 */
export function readPassFile(path: string, ask: PassFileAsk, isOpen: () => void): string | null {
  let text: string;
  try {
    const facts = statSync(path);
    if (!facts.isFile()) return null;
    if ((facts.mode & 0o077) !== 0) {
      isOpen();
      return null;
    }
    text = readFileSync(path, "utf8");
  } catch {
    return null;
  }
  return findPassword(text, ask);
}

export function findPassword(text: string, { host, port, database, username }: PassFileAsk): string | null {
  const wanted = [host, String(port), database, username];
  for (const line of text.split(/\r?\n/)) {
    if (line.trimStart().startsWith("#")) continue;
    const fields = fieldsOf(line);
    if (fields.length < 5) continue;
    if (wanted.every((value, at) => fields[at] === "*" || unescape(fields[at]!) === value)) return unescape(fields[4]!);
  }
  return null;
}

/** Five fields with their escapes still in them; the fifth ends with the line. */
function fieldsOf(line: string): string[] {
  const fields = [""];
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at]!;
    if (letter === "\\" && at + 1 < line.length) {
      fields[fields.length - 1] += letter + line[at + 1]!;
      at += 1;
    } else if (letter === ":" && fields.length < 5) fields.push("");
    else if (letter === ":") break;
    else fields[fields.length - 1] += letter;
  }
  return fields;
}

function unescape(field: string): string {
  return field.replaceAll(/\\(.)/g, "$1");
}
