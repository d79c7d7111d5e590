import { useTranslations } from "next-intl";
import type { IncidentDetailDto } from "#lib/contracts/incidents";
import { incidentChecklist, incidentSeverities } from "#lib/domain/incident-state";

type Entry = IncidentDetailDto["timeline"][number];

/** What an entry of the timeline says, in the reader's language; what people wrote along with it stands below. */
export function useTimelineText(): (entry: Entry, kind: IncidentDetailDto["kind"]) => string {
  const t = useTranslations("incidents.timeline");
  const items = useTranslations("incidents.checklist.items");
  const severities = useTranslations("status.severity");
  const severity = (value: unknown) => {
    const known = incidentSeverities.find((each) => each === value);
    return known === undefined ? String(value) : severities(known);
  };
  const item = (value: unknown) => {
    const known = incidentChecklist.find((each) => each === value);
    return known === undefined ? String(value) : items(known);
  };
  return ({ code, params, text }, kind) => {
    switch (code) {
      case "opened":
        return t(`opened.${kind}`);
      case "severity":
        return t("severity", { from: severity(params["from"]), to: severity(params["to"]) });
      case "assigned":
        return t("assigned", { to: String(params["to"] ?? "nobody") });
      case "title":
        return t("titleChanged", { to: String(params["to"]) });
      case "root-cause":
        return t(text === "" ? "root-cause-empty" : "root-cause");
      case "item": {
        const state = params["state"] === "confirmed" || params["state"] === "waived" ? params["state"] : "open";
        return t(`item.${state}`, { item: item(params["item"]) });
      }
      case "again":
        return t("again", { count: Number(params["count"] ?? 1) });
      case "note":
      case "run-linked":
      case "closed":
      case "reopened":
        return t(code);
    }
  };
}
