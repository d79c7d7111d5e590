/**
 * `<Markdown text={playbook} />`: Markdown drawn from the lexer's tokens as elements. Nothing of it becomes HTML: tags are shown as they
 * were typed, pictures as links, and addresses are those of `safeAddress` alone. Its headings go on below a heading of level `under`.
 */
import { clsx } from "clsx";
import { Square, SquareCheck } from "lucide-react";
import { lexer, type Token, type Tokens } from "marked";
import { Fragment, useMemo, type ReactNode } from "react";
import { safeAddress } from "./safe-address.ts";

export function Markdown({ text, under = 2, className }: { text: string; under?: 1 | 2 | 3; className?: string }) {
  const tokens = useMemo(() => lexer(text, { gfm: true, breaks: true }), [text]);
  return (
    <div className={clsx("flex flex-col gap-3 text-sm leading-relaxed wrap-anywhere text-ink-2", className)}>
      {blocks(tokens, headingLevels(tokens, under))}
    </div>
  );
}

type Levels = ReadonlyMap<Token, number>;

/** Each heading at most one level below the one before, whatever was typed: who listens to a page counts on that. */
function headingLevels(tokens: readonly Token[], under: number): Levels {
  const levels = new Map<Token, number>();
  let last = under;
  for (const token of tokens) {
    if (token.type !== "heading") continue;
    last = Math.min(6, under + (token as Tokens.Heading).depth, last + 1);
    levels.set(token, last);
  }
  return levels;
}

function blocks(tokens: readonly Token[], levels: Levels): ReactNode {
  // oxlint-disable-next-line react/no-array-index-key -- tokens have nothing else, and a changed text is drawn anew
  return tokens.map((token, index) => <Fragment key={index}>{block(token as Tokens.Generic, levels)}</Fragment>);
}

function block(token: Tokens.Generic, levels: Levels): ReactNode {
  switch (token.type) {
    case "heading":
      return <Heading level={levels.get(token) ?? null}>{inline(token.tokens)}</Heading>;
    case "paragraph":
      return <p>{inline(token.tokens)}</p>;
    case "text":
      return <p>{token.tokens === undefined ? String(token["text"]) : inline(token.tokens)}</p>;
    case "list":
      return <List list={token as Tokens.List} levels={levels} />;
    case "code":
      return (
        <pre
          tabIndex={0}
          className="overflow-x-auto rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-[0.8125rem] leading-relaxed text-ink"
        >
          {String(token["text"])}
        </pre>
      );
    case "blockquote":
      return (
        <blockquote className="flex flex-col gap-2 border-l-2 border-line-strong pl-3">{blocks(token.tokens ?? [], levels)}</blockquote>
      );
    case "hr":
      return <hr className="border-line" />;
    case "table":
      return <TableOf table={token as Tokens.Table} />;
    case "space":
    case "def":
      return null;
    default:
      return <p>{token.raw}</p>;
  }
}

const headings = { 2: "h2", 3: "h3", 4: "h4", 5: "h5", 6: "h6" } as const;

/** Inside a list or a quotation (level null) it is a line of its own, no heading of the page. */
function Heading({ level, children }: { level: number | null; children: ReactNode }) {
  if (level === null) return <p className="font-semibold text-ink">{children}</p>;
  const Tag = headings[level as keyof typeof headings] ?? "h6";
  return (
    <Tag className={clsx("mt-1 font-semibold tracking-tight text-ink first:mt-0", level <= 3 ? "text-[0.9375rem]" : "text-sm")}>
      {children}
    </Tag>
  );
}

function List({ list, levels }: { list: Tokens.List; levels: Levels }) {
  const Tag = list.ordered ? "ol" : "ul";
  const isTasks = list.items.length > 0 && list.items.every(({ task }) => task);
  const start = list.ordered && list.start !== "" ? list.start : undefined;
  return (
    <Tag
      {...(start === undefined ? {} : { start })}
      className={clsx("flex flex-col gap-1.5", isTasks ? "" : "pl-5", list.ordered ? "list-decimal" : isTasks ? "list-none" : "list-disc")}
    >
      {list.items.map((item, index) => (
        <li
          // oxlint-disable-next-line react/no-array-index-key -- items have nothing else
          key={index}
          className={clsx(item.task && "grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-1.5", !item.task && "marker:text-ink-3")}
        >
          {item.task ? <TaskBox isDone={item.checked === true} /> : null}
          <div className="flex flex-col gap-1.5">
            {blocks(
              item.tokens.filter(({ type }) => type !== "checkbox"),
              levels,
            )}
          </div>
        </li>
      ))}
    </Tag>
  );
}

/** Part of the text, nothing to press: what a person did in a drill stands in its checks. */
function TaskBox({ isDone }: { isDone: boolean }) {
  const Icon = isDone ? SquareCheck : Square;
  return <Icon aria-hidden className={clsx("mt-0.75 size-4", isDone ? "text-accent-ink" : "text-ink-3")} />;
}

function TableOf({ table }: { table: Tokens.Table }) {
  return (
    <div className="overflow-x-auto" tabIndex={0}>
      <table className="w-full border-collapse text-left text-[0.8125rem]">
        <thead>
          <tr>
            {table.header.map((cell, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- columns have nothing else
              <th key={index} scope="col" className="border-b border-line px-2 py-1 font-medium text-ink">
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- rows have nothing else
            <tr key={at}>
              {row.map((cell, index) => (
                // oxlint-disable-next-line react/no-array-index-key -- cells have nothing else
                <td key={index} className="border-b border-line/70 px-2 py-1 align-top">
                  {inline(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inline(tokens: readonly Token[] | undefined): ReactNode {
  // oxlint-disable-next-line react/no-array-index-key -- tokens have nothing else, and a changed text is drawn anew
  return tokens?.map((token, index) => <Fragment key={index}>{span(token)}</Fragment>);
}

function span(token: Tokens.Generic): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong className="font-semibold text-ink">{inline(token.tokens)}</strong>;
    case "em":
      return <em>{inline(token.tokens)}</em>;
    case "del":
      return <del>{inline(token.tokens)}</del>;
    case "codespan":
      return <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.875em] text-ink">{String(token["text"])}</code>;
    case "br":
      return <br />;
    case "link":
      return <LinkTo to={String(token["href"])}>{inline(token.tokens)}</LinkTo>;
    case "image":
      return <LinkTo to={String(token["href"])}>{String(token["text"]) || String(token["href"])}</LinkTo>;
    case "text":
      return token.tokens === undefined ? String(token["text"]) : inline(token.tokens);
    case "escape":
      return String(token["text"]);
    default:
      return token.raw;
  }
}

function LinkTo({ to, children }: { to: string; children: ReactNode }) {
  const address = safeAddress(to);
  if (address === null) return children;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer" className="link">
      {children}
    </a>
  );
}
