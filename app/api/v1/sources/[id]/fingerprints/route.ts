import * as contract from "#lib/contracts/fingerprints";
import { route } from "#lib/http/route";
import { listFingerprints } from "#lib/services/fingerprints/list";
import { updateFingerprintSettings } from "#lib/services/fingerprints/update-settings";

export const GET = route(contract.listFingerprints, listFingerprints);
export const PATCH = route(contract.updateFingerprintSettings, updateFingerprintSettings);
