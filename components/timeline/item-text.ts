import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { formatMinute } from "#lib/format/time";
import { useReasonText } from "../state/reason.tsx";
import { proofOf } from "./proof-of.ts";
import { shapeOf, type TimeLineItem } from "./time-line-model.ts";

/** An item in one sentence, as a screen reader says it: time, kind, what is proven, what is in the way. */
export function useItemText(): (item: TimeLineItem) => string {
  const t = useTranslations("timeline");
  const tell = useReasonText();
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  return (item) => {
    const time = formatMinute(item.at, settings);
    if (item.type === "missed") return t(`missed.${item.missed.state}`, { time });
    const proof = proofOf(item.point);
    const blocker = item.point.blocker === null ? null : tell(item.point.blocker).message;
    return [time, t(`shapes.${shapeOf(item.point)}`), proof === null ? t("proof.stored") : t(`proof.${proof}`), blocker, item.point.label]
      .filter((part) => part !== null && part !== "")
      .join(", ");
  };
}
