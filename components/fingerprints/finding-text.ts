import { useLocale, useTranslations } from "next-intl";
import { useCallback } from "react";
import type { FingerprintDto } from "#lib/contracts/fingerprints";
import { formatCount } from "#lib/format/number";
import { nameOf } from "./fingerprint-model.ts";

type Finding = FingerprintDto["findings"][number];

/** "Table public.orders has fewer rows, from 1,200 to 3": one finding in the reader's words. */
export function useFindingText(): (finding: Finding) => string {
  const t = useTranslations("fingerprints");
  const locale = useLocale();
  return useCallback(
    (finding) => {
      const said = t(`findings.${finding.code}`, { table: nameOf(finding) });
      const more = detailOf(finding);
      return more === null ? said : `${said}, ${more}`;
    },
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- detailOf reads t and locale alone
    [t, locale],
  );

  function detailOf({ code, params }: Finding): string | null {
    const { from, to, days } = params;
    switch (code) {
      case "table-gone":
        return typeof from === "number" ? t("had", { rows: from }) : null;
      case "stopped-growing":
        return typeof days === "number" ? t("still", { days }) : null;
      case "table-shrank":
      case "rows-shrank":
        return typeof from === "number" && typeof to === "number"
          ? t("fromTo", { from: formatCount(from, locale), to: formatCount(to, locale) })
          : null;
      case "head-went-back":
        return typeof from === "string" && typeof to === "string" ? t("fromTo", { from, to: to === "" ? t("noHeadNow") : to }) : null;
      case "digest-changed":
        return null;
    }
  }
}
