"use client";
import { useTranslations } from "next-intl";
import type { DrillCheckDto, DrillDetailDto } from "#lib/contracts/drills";
import { errorCategories } from "#lib/domain/error-codes";
import { useCheckName } from "./check-name.ts";

type DrillEvent = DrillDetailDto["events"][number];

/** What happened, without who and when: "started the restore". */
export function useEventText(): (event: DrillEvent) => string {
  const t = useTranslations("drills.wizard.events");
  return ({ code, params }) => {
    const to = params["to"];
    return code === "handed-over" && typeof to === "string" ? t("handed-over-to", { name: to }) : t(code);
  };
}

/** What a person wrote to an event (a pause's note, an abort's reason), if anything. */
export function eventNote({ params }: DrillEvent): string | null {
  const note = params["note"] ?? params["reason"];
  // What aborts itself gives an error's code, and that is told where the drill stands.
  return typeof note === "string" && note !== "" && !(note in errorCategories) ? note : null;
}

/** The check that an event is about, by the name that people know; null when it is about none. */
export function useEventCheck(checks: readonly DrillCheckDto[]): (event: DrillEvent) => string | null {
  const nameOf = useCheckName();
  return ({ params }) => {
    const check = checks.find(({ key }) => key === params["key"]);
    return check === undefined ? null : nameOf(check.definition);
  };
}
