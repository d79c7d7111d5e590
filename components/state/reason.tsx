"use client";
/**
 * Reasons and problems in the reader's language: `const tell = useReasonText(); tell(reason).message`, or `<ReasonText reason={run.error} />`
 * (message, and the hint below it). Code and params come from the core, the words from `errors` in the messages.
 */
import { useLocale, useTranslations } from "next-intl";
import { useCallback } from "react";
import { reasonText } from "#lib/contracts/reason-text";
import type { Reason } from "#lib/domain/error";

export function useReasonText(): (reason: Reason) => { message: string; hint: string } {
  const t = useTranslations("errors");
  const locale = useLocale();
  return useCallback(
    (reason) => {
      const { message, hint } = reasonText(reason, (key, values) => t(key, values), locale);
      return { message: sentence(message, locale), hint };
    },
    [t, locale],
  );
}

/** Messages are lower case without a full stop, as logs want them; on a page they begin like a sentence, unless with a tool's name. */
function sentence(message: string, locale: string): string {
  if (/^\S*[_“"]/.test(message)) return message;
  return message.charAt(0).toLocaleUpperCase(locale) + message.slice(1);
}

export function ReasonText({ reason, className }: { reason: Reason; className?: string }) {
  const { message, hint } = useReasonText()(reason);
  return (
    <div className={className}>
      <p className="text-sm text-ink">{message}</p>
      <p className="text-[0.8125rem] text-ink-2">{hint}</p>
    </div>
  );
}
