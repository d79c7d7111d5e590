import { acceptFingerprint as contract } from "#lib/contracts/fingerprints";
import { route } from "#lib/http/route";
import { acceptFingerprint } from "#lib/services/fingerprints/accept";

export const POST = route(contract, acceptFingerprint);
