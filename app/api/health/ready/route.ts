import { readiness } from "#lib/http/health";

export { readiness as GET };
export const dynamic = "force-dynamic";
