"use client";
/** Every message with its tries and what the receiver answered; filters are in the address. What was given up can be tried again. */
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { ScrollText } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useMemo } from "react";
import { retryDelivery, type DeliveryDto } from "#lib/contracts/notifications";
import { alertCodes } from "#lib/domain/alert-codes";
import { formatClock } from "#lib/format/time";
import { listChannelsQuery, listDeliveriesPages } from "#lib/query/notifications";
import { useAction } from "#lib/query/use-action";
import { columnsFor } from "../data-table/data-table.tsx";
import { ListTable } from "../data-table/list-table.tsx";
import { FilterSelect } from "../data-table/toolbar.tsx";
import { useListState } from "../data-table/use-list-state.tsx";
import { SourceFilter } from "../sources/source-filter.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { useProblemText } from "../state/error-state.tsx";
import { useReasonText } from "../state/reason.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Button } from "../ui/button.tsx";
import { Section } from "../ui/card.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { toast } from "../ui/toast.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import { ChannelTypeIcon } from "./channel-type-icon.tsx";
import { deliveryListSpec, idWith } from "./list-specs.tsx";

const column = columnsFor<DeliveryDto>();
const deliveryId = ({ id }: DeliveryDto): string => id;

export function DeliveryLog() {
  const t = useTranslations("notifications.log");
  const kinds = useTranslations("notifications.kinds");
  const status = useTranslations("status.delivery");
  const list = useListState(deliveryListSpec);
  const { data: channels } = useQuery(listChannelsQuery());
  const { state, kind } = list.values;
  const channel = idWith("ntc", list.values.channel);
  const source = idWith("src", list.values.source);
  const columns = useMemo(
    () => [
      column.display({ id: "message", header: t("columns.message"), cell: ({ row }) => <Message delivery={row.original} /> }),
      column.accessor("channelName", {
        header: t("columns.channel"),
        cell: ({ row }) => (
          <span className="flex min-w-0 items-center gap-2">
            <ChannelTypeIcon type={row.original.channelType} />
            <span className="min-w-0 wrap-anywhere">{row.original.channelName}</span>
          </span>
        ),
      }),
      column.accessor("state", {
        header: t("columns.state"),
        cell: ({ row }) => <Outcome delivery={row.original} />,
        meta: { card: "aside" },
      }),
      column.accessor("attempts", { header: t("columns.attempts"), meta: { num: true, from: "lg", card: "hide" } }),
      column.accessor("createdAt", {
        header: t("columns.at"),
        cell: ({ getValue }) => <RelativeTime at={getValue()} className="whitespace-nowrap" />,
      }),
      column.accessor("sentAt", {
        header: t("columns.sent"),
        cell: ({ getValue }) => <RelativeTime at={getValue()} className="whitespace-nowrap" />,
        meta: { from: "lg", card: "hide" },
      }),
      column.display({
        id: "retry",
        header: () => <span className="sr-only">{t("retry")}</span>,
        cell: ({ row }) => (row.original.state === "failed" ? <Retry delivery={row.original} /> : null),
        meta: { card: "wide", className: "sm:text-right" },
      }),
    ],
    [t],
  );
  return (
    <Section id="log" title={t("title")}>
      <ListTable
        label={t("title")}
        columns={columns}
        rowId={deliveryId}
        pages={listDeliveriesPages({ channel, state, kind, source })}
        list={list}
        filters={
          <>
            <FilterSelect
              label={t("columns.channel")}
              value={channel}
              onChange={(next) => list.set({ channel: next })}
              options={(channels?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            />
            <FilterSelect
              label={t("columns.state")}
              value={state}
              onChange={(next) => list.set({ state: next })}
              options={deliveryListSpec.state.map((value) => ({ value, label: status(value) }))}
            />
            <FilterSelect
              label={t("columns.kind")}
              value={kind}
              onChange={(next) => list.set({ kind: next })}
              options={deliveryListSpec.kind.map((value) => ({ value, label: kinds(value) }))}
            />
            <SourceFilter value={source} onChange={(next) => list.set({ source: next })} />
          </>
        }
        empty={
          <EmptyState icon={ScrollText} title={t("empty")}>
            {t("emptyText")}
          </EmptyState>
        }
      />
    </Section>
  );
}

/** What it says, in the reader's words; a state change keeps its name, which machines know. */
function Message({ delivery }: { delivery: DeliveryDto }) {
  const { kind, code, sourceName } = delivery;
  const t = useTranslations("notifications");
  const alerts = useTranslations("alerts");
  const known = alertCodes.find((each) => each === code);
  const what = known === undefined ? null : alerts(`${known}.name`);
  return (
    <span className="block min-w-0">
      <span className="block wrap-anywhere">
        {kind === "test" ? (
          t("log.testMessage")
        ) : what === null ? (
          <code className="font-mono text-[0.8125rem]">{code}</code>
        ) : kind === "resolved" ? (
          t("log.resolved", { what })
        ) : (
          what
        )}
      </span>
      <span className="block text-xs font-normal text-ink-3">
        {[t(`kinds.${kind}`), ...(sourceName === null ? [] : [sourceName])].join(" · ")}
      </span>
      <Why delivery={delivery} className="sm:hidden" />
    </span>
  );
}

function Why({ delivery: { state, error }, className }: { delivery: DeliveryDto; className: string }) {
  const tell = useReasonText();
  if (error === null || state === "sent") return null;
  return <span className={clsx("mt-0.5 block max-w-72 text-xs wrap-anywhere text-ink-3", className)}>{tell(error).message}</span>;
}

function Outcome({ delivery }: { delivery: DeliveryDto }) {
  const { state, responseStatus, error, nextAttemptAt } = delivery;
  const t = useTranslations("notifications.log");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const now = useCurrentTime(10_000);
  const isWaiting = (state === "pending" || state === "held") && nextAttemptAt !== null;
  return (
    <span className="block min-w-0 max-sm:text-right">
      <StatusBadge status={`delivery.${state}`} />
      {error !== null && state !== "sent" ? (
        <Why delivery={delivery} className="max-sm:hidden" />
      ) : responseStatus === null ? null : (
        <span className="mt-0.5 block text-xs text-ink-3">{t("answered", { status: String(responseStatus) })}</span>
      )}
      {isWaiting ? (
        <span className="block text-xs text-ink-3">
          {Date.parse(nextAttemptAt) < now.getTime() ? t("inTurn") : t("next", { time: formatClock(nextAttemptAt, settings) })}
        </span>
      ) : null}
    </span>
  );
}

function Retry({ delivery }: { delivery: DeliveryDto }) {
  const t = useTranslations("notifications.log");
  const problemOf = useProblemText();
  const retry = useAction(retryDelivery, {
    changes: ["listDeliveries", "listChannels", "getChannel"],
    onDone: () => toast({ title: t("retried") }),
    onProblem: (error) => toast({ tone: "bad", title: problemOf(error).message, text: problemOf(error).hint }),
  });
  return (
    <Button size="sm" pending={retry.isPending} onClick={() => retry.mutate({ params: { id: delivery.id } })}>
      {t("retry")} <span className="sr-only">{delivery.channelName}</span>
    </Button>
  );
}
