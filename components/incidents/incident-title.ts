import { useTranslations } from "next-intl";
import type { IncidentDto } from "#lib/contracts/incidents";

type Titled = Pick<IncidentDto, "kind" | "title" | "titleIsOwn" | "sourceName">;

/** What an incident is called: as somebody named it, or Lifeboat's own words for its kind in the reader's language. */
export function useIncidentTitle(): (incident: Titled) => string {
  const t = useTranslations("incidents.systemTitle");
  return ({ kind, title, titleIsOwn, sourceName }) => (kind === "manual" || titleIsOwn ? title : t(kind, { source: sourceName ?? "none" }));
}
