/** What is told to people, and how urgent it is; quiet hours hold back all but `urgent`. `info` opens nothing that is resolved later. */
export const alertSeverities = {
  "backup-failed": "urgent",
  "backup-missed": "urgent",
  "verification-failed": "urgent",
  "drill-due": "normal",
  "drill-overdue": "urgent",
  "drill-failed": "urgent",
  "disk-nearly-full": "urgent",
  "size-anomaly": "normal",
  "destination-unreachable": "urgent",
  "fingerprint-diverged": "normal",
  "gate-failed": "urgent",
  "clean-up-failed": "normal",
  "clock-suspect": "urgent",
  "weekly-digest": "info",
} as const;
export type AlertCode = keyof typeof alertSeverities;
export type AlertSeverity = (typeof alertSeverities)[AlertCode];

export const alertCodes = Object.keys(alertSeverities) as [AlertCode, ...AlertCode[]];

/** Where messages go. `webhook` is the generic, signed one; `healthchecks` pings a dead-man's switch and sends no words. */
export const channelTypes = ["email", "slack", "discord", "telegram", "teams", "ntfy", "webhook", "healthchecks"] as const;
export type ChannelType = (typeof channelTypes)[number];

/** `held`: waits for the end of quiet hours. `dropped`: given up without a try (channel switched off or removed, told already). */
export const deliveryStates = ["pending", "held", "sending", "sent", "failed", "dropped"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** `alert` opened, `resolved`, `event` a state change for a webhook, `ping` a dead-man's switch. */
export const deliveryKinds = ["alert", "resolved", "event", "ping", "digest", "test"] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];
