type LeftOut = {
  readonly excludedSchemas: readonly string[];
  readonly excludedTables: readonly { readonly schema: string; readonly table: string }[];
};

/** Names of everything that a source leaves out: whole schemas as `name.*`, tables as `schema.table`. */
export function leftOutNames({ excludedSchemas, excludedTables }: LeftOut): string[] {
  return [...excludedSchemas.map((schema) => `${schema}.*`), ...excludedTables.map(({ schema, table }) => `${schema}.${table}`)];
}
