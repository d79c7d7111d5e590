"use client";
/**
 * `<TimeLine items gaps span selected onSelect onOpen wanted />`: restore points and missed runs over one axis, a lane a kind, chains
 * as lines, gaps hatched. One tab stop: arrow keys go from item to item, Home and End to the ends, Enter opens.
 */
import { clsx } from "clsx";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useId, type KeyboardEvent } from "react";
import type { RestorePointsDto } from "#lib/contracts/restore-points";
import { formatDuration } from "#lib/format/duration";
import { useItemText } from "./item-text.ts";
import { PointMark, ProofMark } from "./point-mark.tsx";
import { proofOf } from "./proof-of.ts";
import { ticksOf } from "./ticks.ts";
import {
  chainLinks,
  lanes,
  markRadius,
  moved,
  shapeOf,
  shareOf,
  visibleGap,
  within,
  type Lane,
  type Move,
  type Span,
  type TimeLineItem,
} from "./time-line-model.ts";

type TimeLineProps = {
  items: readonly TimeLineItem[];
  gaps: RestorePointsDto["gaps"];
  span: Span;
  selected: string | null;
  onSelect: (item: TimeLineItem) => void;
  onOpen: (item: TimeLineItem) => void;
  /** The time that one wants to go back to. */
  wanted: string | null;
};

const top = 26;
const laneHeight = 36;
const axisHeight = 26;
const keys: Readonly<Record<string, Move>> = {
  ArrowLeft: "previous",
  ArrowUp: "previous",
  ArrowRight: "next",
  ArrowDown: "next",
  Home: "first",
  End: "last",
};
const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

export function TimeLine({ items, gaps, span, selected, onSelect, onOpen, wanted }: TimeLineProps) {
  const t = useTranslations("timeline");
  const id = useId();
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const textOf = useItemText();
  const shown = within(items, span);
  // A lane that this source never used would only say that it is empty.
  const used = lanes.filter((lane) => lane === "full" || items.some((item) => item.lane === lane));
  const yOf = (lane: Lane): number => top + laneHeight * (used.indexOf(lane) + 0.5);
  const bottom = top + laneHeight * used.length;
  const radius = markRadius(shown.length);
  const active = shown.find((item) => item.id === selected);
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = keys[event.key];
    if (move !== undefined) {
      event.preventDefault();
      const next = moved(shown, active?.id ?? null, move);
      if (next !== null) onSelect(next);
    }
    if (event.key === "Enter" && active !== undefined) {
      event.preventDefault();
      onOpen(active);
    }
  };
  return (
    <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
      <ul aria-hidden className="flex flex-col pt-[26px] text-2xs font-medium text-ink-2 sm:text-xs">
        {used.map((lane) => (
          <li key={lane} className="flex h-9 items-center">
            {t(`lanes.${lane}`)}
          </li>
        ))}
      </ul>
      <div className="px-2.5">
        <svg width="100%" height={bottom + axisHeight} className="block overflow-visible">
          <defs>
            <pattern id={`${id}-hatch`} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="7" height="7" className="fill-warn-soft" />
              <line y2="7" className="stroke-warn-fill" strokeWidth="1.6" opacity="0.55" />
            </pattern>
          </defs>
          <g aria-hidden>
            {ticksOf(span, settings).map(({ at, label }, index) => (
              <g key={at}>
                <line x1={percent(shareOf(at, span))} x2={percent(shareOf(at, span))} y1={top} y2={bottom} className="stroke-line" />
                <text
                  x={percent(shareOf(at, span))}
                  y={bottom + 18}
                  textAnchor="middle"
                  className={clsx("fill-ink-3 text-2xs nums", index % 2 === 1 && "max-sm:hidden")}
                >
                  {label}
                </text>
              </g>
            ))}
            {used.map((lane) => (
              <line key={lane} x2="100%" y1={yOf(lane)} y2={yOf(lane)} className="stroke-line" strokeDasharray="2 4" />
            ))}
            {gaps.map((gap) => {
              const band = visibleGap(gap, span);
              if (band === null) return null;
              const width = band.end - band.start;
              return (
                <g key={gap.from}>
                  <rect
                    x={percent(band.start)}
                    width={percent(width)}
                    y={top}
                    height={bottom - top}
                    rx="3"
                    fill={`url(#${id}-hatch)`}
                    opacity="0.8"
                  />
                  {width < 0.09 ? null : (
                    <text
                      x={percent(band.start + width / 2)}
                      y={top - 9}
                      textAnchor="middle"
                      className="fill-warn text-2xs font-medium nums max-sm:hidden"
                    >
                      {t("gapShort", { time: formatDuration(gap.seconds * 1000, settings.locale) })}
                    </text>
                  )}
                </g>
              );
            })}
            <line x2="100%" y1={bottom} y2={bottom} className="stroke-line-strong" />
            {chainLinks(items)
              .filter(({ from, to }) => shareOf(to.at, span) >= 0 && shareOf(from.at, span) <= 1)
              .map(({ from, to }) => (
                <line
                  key={to.id}
                  x1={percent(Math.max(-0.01, shareOf(from.at, span)))}
                  x2={percent(Math.min(1.01, shareOf(to.at, span)))}
                  y1={yOf(from.lane)}
                  y2={yOf(to.lane)}
                  className="stroke-line-strong"
                  strokeWidth="1.5"
                />
              ))}
            {wanted === null || shareOf(wanted, span) < 0 || shareOf(wanted, span) > 1 ? null : (
              <Wanted x={percent(shareOf(wanted, span))} y={bottom} label={t("wanted")} share={shareOf(wanted, span)} />
            )}
            {active === undefined ? null : (
              <line
                x1={percent(shareOf(active.at, span))}
                x2={percent(shareOf(active.at, span))}
                y1={top}
                y2={bottom}
                className="stroke-accent"
                strokeWidth="1.5"
              />
            )}
          </g>
          <g
            role="listbox"
            tabIndex={0}
            aria-label={t("label")}
            aria-orientation="horizontal"
            aria-activedescendant={active === undefined ? undefined : `${id}-${active.id}`}
            onKeyDown={onKeyDown}
            className="group/line outline-none"
          >
            {shown.map((item) => (
              <Item
                key={item.id}
                id={`${id}-${item.id}`}
                item={item}
                x={percent(shareOf(item.at, span))}
                y={yOf(item.lane)}
                radius={radius}
                selected={item.id === active?.id}
                text={textOf(item)}
                onSelect={() => onSelect(item)}
                onOpen={() => onOpen(item)}
              />
            ))}
          </g>
        </svg>
      </div>
    </div>
  );
}

type ItemProps = {
  id: string;
  item: TimeLineItem;
  x: string;
  y: number;
  radius: number;
  selected: boolean;
  text: string;
  onSelect: () => void;
  onOpen: () => void;
};

function Item({ id, item, x, y, radius, selected, text, onSelect, onOpen }: ItemProps) {
  const proof = item.type === "point" ? proofOf(item.point) : null;
  return (
    // Keys are the list's: an option never has the focus itself.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <svg
      id={id}
      role="option"
      aria-selected={selected}
      aria-label={text}
      x={x}
      y={y}
      className="cursor-pointer overflow-visible"
      onClick={onSelect}
      onDoubleClick={onOpen}
    >
      <title>{text}</title>
      <circle r={12} className="fill-transparent" />
      {selected ? (
        <circle
          r={radius + 6}
          className={clsx("fill-accent-soft stroke-accent", "group-focus-visible/line:stroke-[3px]")}
          strokeWidth={1.5}
        />
      ) : null}
      {item.type === "point" ? (
        <PointMark shape={shapeOf(item.point)} radius={radius} blocked={item.point.blocker !== null} />
      ) : (
        <PointMark shape="missed" radius={radius} />
      )}
      {proof === null || radius < 4 ? null : <ProofMark proof={proof} radius={radius} />}
    </svg>
  );
}

function Wanted({ x, y, label, share }: { x: string; y: number; label: string; share: number }) {
  return (
    <>
      <line x1={x} x2={x} y1={8} y2={y} className="stroke-ink" strokeWidth="1.5" strokeDasharray="4 3" />
      <svg x={x} className="overflow-visible">
        <path d="M-5 2h10l-5 7z" className="fill-ink" />
        <text x={share > 0.5 ? -9 : 9} y={9} textAnchor={share > 0.5 ? "end" : "start"} className="fill-ink text-2xs font-medium">
          {label}
        </text>
      </svg>
    </>
  );
}
