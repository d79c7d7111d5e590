/** `<ChannelTypeIcon type={config.type} />`: a picture beside a type's name, never instead of it. */
import { Bell, HeartPulse, Mail, MessageSquare, MessagesSquare, Send, Users, Webhook, type LucideIcon } from "lucide-react";
import type { ChannelType } from "#lib/domain/alert-codes";

const icons: Record<ChannelType, LucideIcon> = {
  email: Mail,
  slack: MessageSquare,
  discord: MessagesSquare,
  telegram: Send,
  teams: Users,
  ntfy: Bell,
  webhook: Webhook,
  healthchecks: HeartPulse,
};

export function ChannelTypeIcon({ type, className = "size-4 shrink-0 text-ink-3" }: { type: ChannelType; className?: string }) {
  const Icon = icons[type];
  return <Icon aria-hidden className={className} strokeWidth={1.9} />;
}
