"use client";
/** One channel: its form, a test with its result, the signing key of a webhook, and its end. */
import { useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useTimeZone, useTranslations } from "next-intl";
import { useState } from "react";
import { updateChannel, type ChannelDto } from "#lib/contracts/notifications";
import { getChannelQuery } from "#lib/query/notifications";
import { useAction } from "#lib/query/use-action";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { ReasonText } from "../state/reason.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { toast } from "../ui/toast.tsx";
import { draftOf, toPatch } from "./channel-draft.ts";
import { ChannelForm } from "./channel-form.tsx";
import { channelState } from "./channel-state.ts";
import { RemoveChannel } from "./remove-channel.tsx";
import { SigningKeyCard } from "./signing-key.tsx";
import { TestButton, TestHint, TestResult, useTestChannel } from "./test-channel.tsx";

export function ChannelView({ id }: { id: string }) {
  const { data: channel, error, refetch } = useQuery(getChannelQuery(id));
  if (channel === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  return <Channel channel={channel} />;
}

/** The form holds the channel as it was when it was opened or saved; what somebody else saved meanwhile is offered, not put over it. */
function Channel({ channel }: { channel: ChannelDto }) {
  const t = useTranslations("notifications");
  const settings = useTranslations("settings");
  const timeZone = useTimeZone() ?? "UTC";
  const [base, setBase] = useState(channel);
  const [draft, setDraft] = useState(() => draftOf(channel, timeZone));
  const [isDirty, setIsDirty] = useState(false);
  const testing = useTestChannel(channel);
  const take = (next: ChannelDto) => {
    setBase(next);
    setDraft(draftOf(next, timeZone));
    setIsDirty(false);
  };
  const isChanged = channel.version > base.version;
  if (isChanged && !isDirty) take(channel);
  const save = useAction(updateChannel, {
    changes: ["getChannel", "listChannels", "listAuditEvents"],
    onDone: (next) => {
      take(next);
      toast({ title: t("form.saved") });
    },
  });
  return (
    <Page narrow>
      <PageHeader
        title={channel.name}
        crumbs={[
          { href: "/settings", label: settings("title") },
          { href: "/settings/notifications", label: t("title") },
        ]}
        badges={<StatusBadge status={`channel.${channelState(channel)}`} />}
        description={
          <>
            {t(`types.${channel.config.type}`)} · <RelativeTime at={channel.lastSentAt} never={t("channels.never")} />
          </>
        }
        actions={
          <>
            <ButtonLink variant="ghost" icon={ScrollText} href={`/settings/notifications?channel=${channel.id}`}>
              {t("one.log")}
            </ButtonLink>
            <TestButton channel={channel} testing={testing} disabled={isDirty} />
          </>
        }
      />
      {isDirty ? <p className="text-xs text-ink-3">{t("test.unsaved")}</p> : null}
      <TestHint channel={channel} />
      <TestResult testing={testing} />
      {channel.problem === null || testing.delivery !== undefined ? null : (
        <Notice tone="bad">
          <ReasonText reason={channel.problem} />
        </Notice>
      )}
      {channel.enabled ? null : <Notice tone="warn">{t("one.off")}</Notice>}
      {isChanged && isDirty ? (
        <Notice
          tone="warn"
          live
          title={t("one.changed")}
          actions={
            <Button size="sm" onClick={() => take(channel)}>
              {t("one.load")}
            </Button>
          }
        >
          {t("one.changedText")}
        </Notice>
      ) : null}
      <ChannelForm
        key={base.version}
        draft={draft}
        stored={base}
        onChange={(change) => {
          setDraft((before) => ({ ...before, ...change }));
          setIsDirty(true);
        }}
        onSubmit={() => save.mutate({ params: { id: channel.id }, body: toPatch(draft), ifMatch: base.version })}
        pending={save.isPending}
        error={save.error}
        submit={t("form.save")}
      />
      {channel.config.type === "webhook" ? <SigningKeyCard channel={channel} /> : null}
      <RemoveChannel channel={channel} />
    </Page>
  );
}
