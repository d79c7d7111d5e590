import * as contract from "#lib/contracts/notifications";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

type Query<E extends typeof contract.listDeliveries | typeof contract.listAlerts> = NonNullable<QueryInput<E>["query"]>;

const isOnItsWay = ({ state }: contract.DeliveryDto): boolean => state === "pending" || state === "sending";

/** All channels of an installation fit on one page of 200. */
export const listChannelsQuery = () => endpointQuery(contract.listChannels, { query: { limit: 200 } }, () => false);

export const getChannelQuery = (id: string) => endpointQuery(contract.getChannel, { params: { id } }, ({ pending }) => pending > 0);

export const listDeliveriesPages = (query: Query<typeof contract.listDeliveries> = {}) =>
  endpointPages(contract.listDeliveries, query, ({ items }) => items.some(isOnItsWay));

export const listAlertsPages = (query: Query<typeof contract.listAlerts> = {}) => endpointPages(contract.listAlerts, query, () => false);
