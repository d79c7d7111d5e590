import type { Outgoing, MessageItem } from "./port.ts";
import { messageWords, type Reader, wordsOf } from "./words.ts";

/** A message for people: what stands above, and below it line by line. */
export type Composed = {
  readonly title: string;
  readonly paragraphs: readonly (readonly string[])[];
  readonly url: string;
  readonly open: string;
};

/** So many things are told one by one; of more, the number. */
const mostItems = 20;
const longestLine = 600;

/** Puts the items of one message into words. Names of people's things may hold anything: line breaks and control characters go. */
export function compose(items: readonly MessageItem[], reader: Reader): Composed {
  const all = messageWords(reader);
  const told = items.slice(0, mostItems).map((item) => wordsOf(item, reader));
  const [first] = told;
  const single = told.length === 1;
  const paragraphs = told.map(({ title, lines }) => (single ? lines : [title, ...lines]).map(oneLine));
  if (items.length > told.length) paragraphs.push([all.more(items.length - told.length)]);
  const title = first === undefined ? "" : single ? first.title : all.many(items.length, first.title);
  return { title: oneLine(title), paragraphs, url: single && first !== undefined ? first.url : reader.publicUrl, open: all.open };
}

const asItIs = (text: string) => text;

/**
 * A message as text of at most `most` UTF-16 units (`mostBytes` of UTF-8): `head`, what it says as far as there is room, and whole at the end the address,
 * which services follow as it stands. `escape` is for what it says alone.
 */
export function plainText(
  { paragraphs, url }: Composed,
  reader: Reader,
  { head = "", most = Infinity, mostBytes = Infinity, escape = asItIs } = {},
): string {
  const link = `\n\n${messageWords(reader).link(url)}`;
  const body = escape(paragraphs.map((lines) => lines.join("\n")).join("\n\n"));
  const fitting = cutBytes(
    cut(body, Math.max(2, most - head.length - link.length)),
    Math.max(3, mostBytes - Buffer.byteLength(head + link)),
  );
  // A sign that escapes must not stand before the one that says that there was more.
  return `${head}${fitting.replace(/\\+…$/, "…")}${link}`;
}

export function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  return cut(line, longestLine);
}

/** Cuts a text to `most` UTF-16 units, never inside a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]$/.test(text.slice(0, most - 1)) ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}

/** Cuts a text to `most` bytes of UTF-8, never inside a character. */
export function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  let left = most - Buffer.byteLength("…");
  let end = 0;
  for (const sign of text) {
    left -= Buffer.byteLength(sign);
    if (left < 0) break;
    end += sign.length;
  }
  return `${text.slice(0, end)}…`;
}

export function readerOf(outgoing: Outgoing, publicUrl: string): Reader {
  return { language: outgoing.language, timeZone: outgoing.timeZone, publicUrl };
}
