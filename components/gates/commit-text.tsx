"use client";
/** `<CommitText commit short />`: as it was told; a long hash is shortened in a list and whole on hover. */
import { useTranslations } from "next-intl";

const shownDigits = 12;

export function CommitText({ commit, short }: { commit: string; short?: boolean }) {
  const t = useTranslations("gates");
  if (commit === "") return <span className="text-ink-3">{t("nobody")}</span>;
  const isHash = /^[0-9a-f]{16,}$/u.test(commit);
  return (
    <code title={short ? commit : undefined} className="font-mono text-[0.8125rem] wrap-anywhere">
      {short && isHash ? commit.slice(0, shownDigits) : commit}
    </code>
  );
}
