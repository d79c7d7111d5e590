import { publicBadge } from "#lib/http/public-status";

export { publicBadge as GET };
export const dynamic = "force-dynamic";
