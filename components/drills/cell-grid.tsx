"use client";
/** `<CellGrid label columns rows />`: cells of the copy as they are: text, and NULL told from an empty one. */
import { useTranslations } from "next-intl";
import { TableFrame, Td, Th } from "../ui/table.tsx";

type GridProps = { label: string; columns: readonly string[]; rows: readonly (readonly (string | null)[])[] };

export function CellGrid({ label, columns, rows }: GridProps) {
  const t = useTranslations("drills.wizard.cells");
  return (
    <TableFrame label={label} className="max-h-[32rem] overflow-y-auto">
      <thead className="sticky top-0 bg-surface">
        <tr>
          {columns.map((column, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- two columns may have one name
            <Th key={index} className="font-mono">
              {column}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- rows have nothing else
          <tr key={at}>
            {row.map((cell, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- cells have nothing else
              <Td key={index} className="max-w-80 font-mono text-xs">
                {cell === null ? (
                  <span className="text-ink-3 italic">NULL</span>
                ) : cell === "" ? (
                  <span className="text-ink-3 italic">{t("empty")}</span>
                ) : (
                  <Cell text={cell} />
                )}
              </Td>
            ))}
          </tr>
        ))}
        {rows.length === 0 ? (
          <tr>
            <Td colSpan={Math.max(1, columns.length)} className="text-ink-3">
              {t("noRows")}
            </Td>
          </tr>
        ) : null}
      </tbody>
    </TableFrame>
  );
}

/** Short ones stand on a line; long ones are cut after four, the whole on hover. */
function Cell({ text }: { text: string }) {
  if (text.length <= 48 && !text.includes("\n")) return <span className="whitespace-nowrap">{text}</span>;
  return (
    <span className="line-clamp-4 min-w-60 wrap-anywhere whitespace-pre-wrap" title={text.length > 160 ? text.slice(0, 2000) : undefined}>
      {text}
    </span>
  );
}
