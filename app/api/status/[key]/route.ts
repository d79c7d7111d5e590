import { publicStatus } from "#lib/http/public-status";

export { publicStatus as GET };
export const dynamic = "force-dynamic";
