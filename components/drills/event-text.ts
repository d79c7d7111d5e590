"use client";
import { useTranslations } from "next-intl";
import type { DrillDetailDto } from "#lib/contracts/drills";
import type { DrillCheckDto } from "#lib/contracts/drills";
import { useCheckName } from "./check-name.ts";

type DrillEvent = DrillDetailDto["events"][number];

/** What happened, without who and when: "started the restore". */
export function useEventText(): (event: DrillEvent) => string {
  const t = useTranslations("drills.wizard.events");
  return ({ code }) => t(code);
}

/** What a person wrote to an event (a pause's note, an abort's reason), if anything. */
export function eventNote({ params }: DrillEvent): string | null {
  const note = params["note"] ?? params["reason"];
  return typeof note === "string" && note !== "" ? note : null;
}

/** The check that an event is about, by the name that people know; null when it is about none. */
export function useEventCheck(checks: readonly DrillCheckDto[]): (event: DrillEvent) => string | null {
  const nameOf = useCheckName();
  return ({ params }) => {
    const check = checks.find(({ key }) => key === params["key"]);
    return check === undefined ? null : nameOf(check.definition);
  };
}
