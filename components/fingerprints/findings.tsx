"use client";
/** What is unusual about the newest fingerprint, and the button to say that it was meant. */
import { useTranslations } from "next-intl";
import { acceptFingerprint, type FingerprintDto } from "#lib/contracts/fingerprints";
import { isDivergence } from "#lib/domain/fingerprint";
import { useAction } from "#lib/query/use-action";
import { useCan } from "../shell/me.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { toast } from "../ui/toast.tsx";
import { useFindingText } from "./finding-text.ts";

type Finding = FingerprintDto["findings"][number];
const changes = ["listFingerprints", "getOverview", "listAlerts", "listAuditEvents"];

export function Findings({ sourceId, findings }: { sourceId: string; findings: readonly Finding[] }) {
  const t = useTranslations("fingerprints");
  const can = useCan();
  const tell = useFindingText();
  const accept = useAction(acceptFingerprint, { changes, onDone: () => toast({ title: t("meantDone") }) });
  if (findings.length === 0) return <Notice tone="good">{t("calm")}</Notice>;
  const open = findings.filter(isDivergence);
  const say = (meant: readonly Finding[]) =>
    accept.mutate({ params: { id: sourceId }, body: { findings: meant.map(({ code, schema, table }) => ({ code, schema, table })) } });
  const mayAccept = can("policies:write");
  const button = (label: string, meant: readonly Finding[], about?: string) => (
    <Button
      size="sm"
      pending={accept.isPending}
      onClick={() => say(meant)}
      aria-label={about === undefined ? undefined : `${label}: ${about}`}
    >
      {label}
    </Button>
  );
  return (
    <>
      <Notice
        tone={open.length > 0 ? "warn" : "info"}
        title={t("odd", { count: findings.length })}
        actions={mayAccept && open.length > 1 ? button(t("allMeant"), open) : undefined}
      >
        <ul className="flex flex-col gap-1.5">
          {findings.map((finding) => (
            <li
              key={`${finding.code} ${finding.schema} ${finding.table}`}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 wrap-anywhere"
            >
              {tell(finding)}
              {finding.accepted === true ? <span className="text-ink-3">({t("isMeant")})</span> : null}
              {mayAccept && isDivergence(finding) ? button(t("meant"), [finding], tell(finding)) : null}
            </li>
          ))}
        </ul>
        {open.length > 0 ? <p className="mt-2 text-xs text-ink-3">{t("lasts")}</p> : null}
      </Notice>
      <ProblemNotice error={accept.error} />
    </>
  );
}
