type Cell = string | null;

const escapes: Readonly<Record<string, string>> = { "\\": "\\", "|": "|", n: "\n" };

/**
 * An expected row set as text: a row a line, cells between `|`, NULL as `\N`; `\\`, `\|` and `\n` stand for what would end a cell or a line.
 * Spaces around a cell belong to it.
 */
export function formatRows(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => row.map(formatCell).join("|")).join("\n");
}

function formatCell(cell: Cell): string {
  return cell === null ? String.raw`\N` : cell.replaceAll(/[\\|]/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`);
}

/** Reads what `formatRows` writes; an empty text is no row. Null where a backslash stands before something else. */
export function parseRows(text: string): Cell[][] | null {
  const lines = text.replace(/\n$/, "").split("\n");
  if (lines.length === 1 && lines[0] === "") return [];
  const rows: Cell[][] = [];
  for (const line of lines) {
    const row = parseLine(line);
    if (row === null) return null;
    rows.push(row);
  }
  return rows;
}

function parseLine(line: string): Cell[] | null {
  const row: Cell[] = [];
  let cell = "";
  let isNull = false;
  const end = (): void => {
    row.push(isNull ? null : cell);
    cell = "";
    isNull = false;
  };
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === "|") end();
    else if (character !== "\\") cell += character;
    else {
      at += 1;
      const next = line.charAt(at);
      const plain = escapes[next];
      if (next === "N" && cell === "" && (at + 1 === line.length || line.charAt(at + 1) === "|")) isNull = true;
      else if (plain === undefined) return null;
      else cell += plain;
    }
  }
  end();
  return row;
}
