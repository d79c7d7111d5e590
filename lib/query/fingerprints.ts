import { keepPreviousData } from "@tanstack/react-query";
import * as contract from "#lib/contracts/fingerprints";
import { endpointQuery } from "./endpoint-query.ts";

/** The daily fingerprints of a source over so many days; while another range is on its way the present one stays. */
export const listFingerprintsQuery = (id: string, days: number) => ({
  ...endpointQuery(contract.listFingerprints, { params: { id }, query: { days } }, () => false),
  placeholderData: keepPreviousData,
});
