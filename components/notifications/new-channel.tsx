"use client";
/** Adding a channel: its type first, then its form. A webhook's signing key is shown once, then the channel's own page opens. */
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { createChannel } from "#lib/contracts/notifications";
import { channelTypes, type ChannelType } from "#lib/domain/alert-codes";
import { useAction } from "#lib/query/use-action";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { useDraft } from "../ui/use-draft.ts";
import { newDraft, toInput } from "./channel-draft.ts";
import { ChannelForm } from "./channel-form.tsx";
import { ChannelTypeIcon } from "./channel-type-icon.tsx";
import { SigningKeyDialog } from "./signing-key.tsx";

const listHref = "/settings/notifications";

export function NewChannel() {
  const t = useTranslations("notifications");
  const settings = useTranslations("settings");
  const search = useSearchParams();
  const type = channelTypes.find((each) => each === search.get("type"));
  return (
    <Page narrow>
      <PageHeader
        title={type === undefined ? t("form.newTitle") : t(`types.${type}`)}
        crumbs={[
          { href: "/settings", label: settings("title") },
          { href: listHref, label: t("title") },
        ]}
        description={t("form.newLead")}
        actions={type === undefined ? null : <ButtonLink href={`${listHref}/new`}>{t("form.changeType")}</ButtonLink>}
      />
      {type === undefined ? <TypeChoice /> : <Form key={type} type={type} />}
    </Page>
  );
}

function TypeChoice() {
  const t = useTranslations("notifications");
  return (
    <nav aria-label={t("form.type")}>
      <ul className="grid gap-3 sm:grid-cols-2">
        {channelTypes.map((type) => (
          <li key={type}>
            <Link
              href={`${listHref}/new?type=${type}`}
              className="flex h-full items-start gap-3 rounded-card border border-line bg-surface p-4 shadow-card transition-colors hover:border-line-strong hover:bg-hover/60"
            >
              <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent-ink">
                <ChannelTypeIcon type={type} className="size-4.5" />
              </span>
              <span className="min-w-0">
                <span className="block text-sm font-medium text-ink">{t(`types.${type}`)}</span>
                <span className="block text-xs text-ink-2">{t(`typeHints.${type}`)}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Form({ type }: { type: ChannelType }) {
  const t = useTranslations("notifications.form");
  const common = useTranslations("common");
  const router = useRouter();
  const language = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const [draft, change] = useDraft(() => newDraft(type, { language, timeZone }));
  const create = useAction(createChannel, {
    changes: ["listChannels", "listAuditEvents"],
    onDone: ({ id, signingKey }) => {
      if (signingKey === null) router.push(`${listHref}/${id}`);
    },
  });
  const made = create.data;
  return (
    <>
      <ChannelForm
        draft={draft}
        stored={null}
        onChange={change}
        onSubmit={() => create.mutate({ body: toInput(draft) })}
        pending={create.isPending || (made !== undefined && made.signingKey === null)}
        error={create.error}
        submit={t("create")}
        actions={
          <ButtonLink variant="ghost" href={listHref}>
            {common("cancel")}
          </ButtonLink>
        }
      />
      <SigningKeyDialog
        name={made?.name ?? ""}
        signingKey={made?.signingKey ?? null}
        onClose={() => router.push(`${listHref}/${made?.id ?? ""}`)}
      />
    </>
  );
}
