import { createTranslator } from "use-intl/core";
import english from "#messages/en" with { type: "json" };
import type { Reason } from "../domain/error.ts";
import type { ReasonDto } from "./common.ts";
import { reasonText } from "./reason-text.ts";

const translator = createTranslator({
  locale: "en",
  timeZone: "UTC",
  messages: { errors: english.errors },
  namespace: "errors",
  onError: () => undefined,
  getMessageFallback: ({ key }) => key,
});

/** Adds the English text of `messages/en.json` to a reason: what the API and the log say. Pages translate `code` and `params` themselves. */
export function describeReason(reason: Reason): ReasonDto {
  return { ...reason, ...reasonText(reason, (key, values) => translator(key, values), "en") };
}
