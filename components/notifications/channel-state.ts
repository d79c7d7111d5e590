import type { ChannelDto } from "#lib/contracts/notifications";

/** How a channel does, from its last try. */
export function channelState({
  enabled,
  problem,
  lastSentAt,
}: Pick<ChannelDto, "enabled" | "problem" | "lastSentAt">): "on" | "waiting" | "failing" | "off" {
  if (!enabled) return "off";
  if (problem !== null) return "failing";
  return lastSentAt === null ? "waiting" : "on";
}
