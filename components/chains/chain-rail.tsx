"use client";
/** `<ChainRail chain={chain} />`: members from the full down, each with what it added, what it reads of others and who needs it. */
import { clsx } from "clsx";
import { Pin, Unlink } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ChainDetailDto, ChainMemberDto } from "#lib/contracts/chains";
import { PointMark } from "../timeline/point-mark.tsx";
import { shapeOf } from "../timeline/time-line-model.ts";
import { ReasonText } from "../state/reason.tsx";
import { MeterCompact } from "../status/meter.tsx";
import { Badge } from "../ui/badge.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import Link from "next/link";
import { railLinks, type RailLink } from "./chain-numbers.ts";
import { MemberActions } from "./member-actions.tsx";
import { MemberNeeds } from "./member-needs.tsx";
import { MemberSize } from "./member-size.tsx";

export function ChainRail({ chain }: { chain: ChainDetailDto }) {
  const links = railLinks(chain.rail);
  const largest = Math.max(1, ...chain.rail.map(({ streamBytes }) => streamBytes));
  return (
    <ol>
      {chain.rail.map((member, index) => (
        <Member
          key={member.id}
          chain={chain}
          member={member}
          above={links[index] ?? "none"}
          below={links[index + 1] ?? "none"}
          largest={largest}
        />
      ))}
    </ol>
  );
}

type MemberProps = { chain: ChainDetailDto; member: ChainMemberDto; above: RailLink; below: RailLink; largest: number };

function Member({ chain, member, above, below, largest }: MemberProps) {
  const t = useTranslations("chains.rail");
  const kinds = useTranslations("timeline.shapes");
  const backups = useTranslations("backups");
  const isBroken = member.broken !== null;
  return (
    <li
      id={member.id}
      className="grid grid-cols-[3rem_minmax(0,1fr)] border-b border-line/70 last:border-b-0 target:bg-accent-soft/40 sm:grid-cols-[4rem_minmax(0,1fr)]"
    >
      <div aria-hidden className="relative">
        <Stretch link={above} className="top-0 h-7" />
        <Stretch link={below} className="top-7 bottom-0" />
        <svg viewBox="-13 -13 26 26" className="absolute top-4 left-1/2 size-6.5 -translate-x-1/2">
          <circle r="12" className="fill-surface" />
          <PointMark shape={shapeOf(member)} radius={8} blocked={isBroken} />
        </svg>
      </div>
      <div className="flex min-w-0 flex-col gap-2.5 py-4 pr-4 sm:pr-5">
        <div className="flex items-start justify-between gap-x-3">
          <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1.5">
            <Link href={`/backups/${member.id}`} className="link font-medium nums">
              <AbsoluteTime at={member.snapshotAt} seconds />
            </Link>
            <Badge>{kinds(shapeOf(member))}</Badge>
            {isBroken ? (
              <Badge tone="bad" icon={Unlink}>
                {t("broken")}
              </Badge>
            ) : null}
            {member.pinned ? <Badge icon={Pin}>{backups("pinned")}</Badge> : null}
            <MeterCompact meter={member.meter} />
          </div>
          <MemberActions chain={chain} member={member} />
        </div>
        {member.label === "" ? null : <p className="text-[0.8125rem] text-ink-2">{member.label}</p>}
        <MemberSize member={member} largest={largest} />
        {member.broken === null ? null : (
          <div className="rounded-lg border border-bad-fill/35 bg-bad-soft px-3 py-2">
            <ReasonText reason={member.broken} />
          </div>
        )}
        <MemberNeeds chain={chain} member={member} />
      </div>
    </li>
  );
}

function Stretch({ link, className }: { link: RailLink; className: string }) {
  if (link === "none") return null;
  return (
    <span
      className={clsx(
        "absolute left-1/2 -translate-x-1/2 border-l-2",
        link === "broken" ? "border-dashed border-bad-fill" : "border-line-strong",
        className,
      )}
    />
  );
}
