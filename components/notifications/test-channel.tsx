"use client";
/** `useTestChannel(channel)`: sends a test message and tells how it ended, in place. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useTranslations } from "next-intl";
import { testChannel, type ChannelDto, type DeliveryDto } from "#lib/contracts/notifications";
import { pollWhileRunningMs } from "#lib/query/endpoint-query";
import { listDeliveriesPages } from "#lib/query/notifications";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ReasonText } from "../state/reason.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";

export function useTestChannel(channel: Pick<ChannelDto, "id">) {
  const test = useAction(testChannel, { changes: ["getChannel", "listChannels", "listDeliveries"] });
  return {
    test: () => test.mutate({ params: { id: channel.id } }),
    isPending: test.isPending,
    delivery: useOutcome(test.data),
    error: test.error,
  };
}

/** A message that was still on its way when the answer came is looked up in the log until it has ended; it is not sent again. */
function useOutcome(sent: DeliveryDto | undefined): DeliveryDto | undefined {
  const find = (log: readonly { items: readonly DeliveryDto[] }[] = []): DeliveryDto | undefined =>
    log.flatMap(({ items }) => items).find(({ id }) => id === sent?.id);
  const { data } = useInfiniteQuery({
    ...listDeliveriesPages({ channel: sent?.channelId, kind: "test" }),
    enabled: isOnItsWay(sent),
    refetchInterval: ({ state }) => (isOnItsWay(find(state.data?.pages) ?? sent) ? pollWhileRunningMs : false),
  });
  return isOnItsWay(sent) ? (find(data?.pages) ?? sent) : sent;
}

function isOnItsWay(delivery: DeliveryDto | undefined): boolean {
  return delivery?.state === "pending" || delivery?.state === "sending";
}

type Testing = ReturnType<typeof useTestChannel>;

/** What a test does beside testing: there is no ping that a dead-man's switch does not count. */
export function TestHint({ channel }: { channel: Pick<ChannelDto, "config"> }) {
  const t = useTranslations("notifications.test");
  return channel.config.type === "healthchecks" ? <p className="text-xs text-ink-3">{t("pingCounts")}</p> : null;
}

export function TestButton({ channel, testing, disabled }: { channel: ChannelDto; testing: Testing; disabled?: boolean }) {
  const t = useTranslations("notifications.test");
  return (
    <Button icon={Send} pending={testing.isPending} disabled={disabled} onClick={testing.test}>
      {t(channel.config.type === "healthchecks" ? "buttonPing" : "button")}
    </Button>
  );
}

export function TestResult({ testing }: { testing: Testing }) {
  if (testing.isPending) return null;
  if (testing.error !== null) return <ProblemNotice error={testing.error} />;
  return testing.delivery === undefined ? null : <Result delivery={testing.delivery} />;
}

function Result({ delivery: { state, responseStatus, error } }: { delivery: DeliveryDto }) {
  const t = useTranslations("notifications.test");
  if (state === "sent") {
    return (
      <Notice tone="good" live title={t("sent")}>
        {t("sentText", { status: responseStatus === null ? "none" : String(responseStatus) })}
      </Notice>
    );
  }
  if (error !== null || state === "failed" || state === "dropped") {
    return (
      <Notice tone="bad" live title={t("failed")}>
        {error === null ? null : <ReasonText reason={error} />}
      </Notice>
    );
  }
  return (
    <Notice live title={t("pending")}>
      {t("pendingText")}
    </Notice>
  );
}
