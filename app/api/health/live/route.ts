import { liveness } from "#lib/http/health";

export { liveness as GET };
export const dynamic = "force-dynamic";
