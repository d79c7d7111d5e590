/** Id prefixes per entity; an id is `<prefix>_<32 hex digits of a UUIDv7>`. */
export const idPrefixes = {
  user: "usr",
  session: "ses",
  token: "tok",
  server: "srv",
  source: "src",
  chain: "chn",
  backup: "bkp",
  pack: "pck",
  copy: "cpy",
  destination: "dst",
  run: "run",
  restore: "rst",
  validation: "val",
  worker: "wrk",
  auditEvent: "aud",
  installation: "ins",
  import: "imp",
  drillPlan: "dpl",
  drill: "drl",
  report: "rpt",
  reportNote: "rpn",
  signingKey: "sgk",
  incident: "inc",
  schedule: "sch",
  slot: "slt",
  policy: "pol",
  gate: "gat",
  channel: "ntc",
  delivery: "dlv",
  alert: "alt",
  fingerprint: "fpr",
} as const;

export type Entity = keyof typeof idPrefixes;

/** Builds an id from a UUID that the caller drew (the core has no randomness of its own). */
export function makeId(entity: Entity, uuid: string): string {
  return `${idPrefixes[entity]}_${uuid.replaceAll("-", "")}`;
}

/** True when `value` has the form of an id of `entity`; says nothing about existence. */
export function isId(entity: Entity, value: string): boolean {
  return new RegExp(`^${idPrefixes[entity]}_[0-9a-f]{32}$`).test(value);
}
