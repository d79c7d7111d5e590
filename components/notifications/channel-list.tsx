"use client";
/** Where messages go: every channel with how it does, what it tells, its last delivery, and a test. */
import { useQuery } from "@tanstack/react-query";
import { BellPlus, Plus, Send } from "lucide-react";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { testChannel, type ChannelDto } from "#lib/contracts/notifications";
import { listChannelsQuery } from "#lib/query/notifications";
import { listSourceNamesQuery } from "#lib/query/sources";
import { useAction } from "#lib/query/use-action";
import { columnsFor, DataTable } from "../data-table/data-table.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { useProblemText } from "../state/error-state.tsx";
import { useReasonText } from "../state/reason.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Section } from "../ui/card.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { toast } from "../ui/toast.tsx";
import { channelState } from "./channel-state.ts";
import { ChannelTypeIcon } from "./channel-type-icon.tsx";

const column = columnsFor<ChannelDto>();
const channelId = ({ id }: ChannelDto): string => id;
const channelHref = ({ id }: ChannelDto): string => `/settings/notifications/${id}`;

export function AddChannelLink() {
  const t = useTranslations("notifications.channels");
  return (
    <ButtonLink variant="primary" icon={Plus} href="/settings/notifications/new">
      {t("add")}
    </ButtonLink>
  );
}

export function ChannelList() {
  const t = useTranslations("notifications.channels");
  const query = useQuery(listChannelsQuery());
  const columns = useMemo(
    () => [
      column.accessor("name", {
        header: t("columns.channel"),
        cell: ({ row }) => <ChannelName channel={row.original} />,
        meta: { className: "sm:min-w-48" },
      }),
      column.display({
        id: "state",
        header: t("columns.state"),
        cell: ({ row }) => <ChannelState channel={row.original} />,
        meta: { card: "aside" },
      }),
      column.display({
        id: "what",
        header: t("columns.what"),
        cell: ({ row }) => <Tells channel={row.original} />,
      }),
      column.accessor("lastSentAt", {
        header: t("columns.last"),
        cell: ({ getValue }) => (
          <RelativeTime at={getValue()} className="whitespace-nowrap" never={<span className="text-ink-3">{t("never")}</span>} />
        ),
      }),
      column.accessor("pending", { header: t("columns.pending"), meta: { num: true, from: "lg" } }),
      column.display({
        id: "test",
        header: () => <span className="sr-only">{t("columns.channel")}</span>,
        cell: ({ row }) => (row.original.enabled ? <TestInRow channel={row.original} /> : null),
        meta: { card: "wide", className: "sm:text-right" },
      }),
    ],
    [t],
  );
  return (
    <Section title={t("title")}>
      <DataTable
        label={t("title")}
        columns={columns}
        rows={query.data?.items}
        rowId={channelId}
        rowHref={channelHref}
        query={query}
        empty={
          <EmptyState icon={BellPlus} title={t("empty")} actions={<AddChannelLink />}>
            {t("emptyText")}
          </EmptyState>
        }
      />
    </Section>
  );
}

function ChannelName({ channel: { name, config, host } }: { channel: ChannelDto }) {
  const t = useTranslations("notifications.types");
  return (
    <span className="flex min-w-0 items-start gap-2.5">
      <ChannelTypeIcon type={config.type} className="mt-0.5 size-4 shrink-0 text-ink-3" />
      <span className="min-w-0">
        <span className="block wrap-anywhere">{name}</span>
        <span className="block text-xs font-normal wrap-anywhere text-ink-3">
          {host === null ? t(config.type) : `${t(config.type)} · ${host}`}
        </span>
      </span>
    </span>
  );
}

function ChannelState({ channel }: { channel: ChannelDto }) {
  const tell = useReasonText();
  return (
    <span className="block min-w-0">
      <StatusBadge status={`channel.${channelState(channel)}`} />
      {channel.enabled && channel.problem !== null ? (
        <span className="mt-0.5 block max-w-56 text-xs text-ink-3 max-sm:hidden">{tell(channel.problem).message}</span>
      ) : null}
    </span>
  );
}

/** Which alerts and sources, and what else is worth a word. */
function Tells({ channel: { config, alerts, sourceIds, quietHours } }: { channel: ChannelDto }) {
  const t = useTranslations("notifications.channels");
  const main = config.type === "healthchecks" ? t(`pings.${config.on}`) : alerts === null ? t("all") : t("some", { count: alerts.length });
  const { data: names } = useQuery({ ...listSourceNamesQuery(), enabled: sourceIds !== null });
  const isDeaf = sourceIds !== null && names !== undefined && !names.items.some(({ id }) => sourceIds.includes(id));
  const more = [
    isDeaf ? t("noSources") : sourceIds === null ? t("allSources") : t("sources", { count: sourceIds.length }),
    ...(config.type === "webhook" && config.stateChanges ? [t("stateChanges")] : []),
    ...(quietHours === null ? [] : [t("quiet", { from: quietHours.from, to: quietHours.to })]),
  ];
  return (
    <span className="block min-w-0 max-sm:text-right">
      <span className="block">{main}</span>
      <span className="block text-xs text-ink-3">{more.join(" · ")}</span>
    </span>
  );
}

function TestInRow({ channel }: { channel: ChannelDto }) {
  const t = useTranslations("notifications.test");
  const tell = useReasonText();
  const problemOf = useProblemText();
  const test = useAction(testChannel, {
    changes: ["getChannel", "listChannels", "listDeliveries"],
    onDone: ({ state, error }) => {
      const counts = channel.config.type === "healthchecks" ? { text: t("pingCounts") } : {};
      if (state === "sent") toast({ title: t("sent"), ...counts });
      else if (error !== null) toast({ tone: "bad", title: t("failed"), text: tell(error).message });
      else toast({ title: t("pending"), text: t("pendingText") });
    },
    onProblem: (error) => toast({ tone: "bad", title: problemOf(error).message, text: problemOf(error).hint }),
  });
  return (
    <Button size="sm" icon={Send} pending={test.isPending} onClick={() => test.mutate({ params: { id: channel.id } })} className="z-10">
      {t("short")} <span className="sr-only">{channel.name}</span>
    </Button>
  );
}
