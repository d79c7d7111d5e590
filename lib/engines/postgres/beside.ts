import type { PinnedAddress } from "./address.ts";

/** The database to work from when `names` are renamed or dropped: nobody can do that to the database that they are in. */
export function besideDatabase(address: PinnedAddress, names: readonly string[]): string {
  return [address.maintenanceDatabase, "postgres", "template1"].find((name) => !names.includes(name)) ?? address.maintenanceDatabase;
}
