/** A literal of SQL, for statements that take no parameters. */
export const literal = (value: string) => `'${value.replaceAll("'", "''")}'`;

/** A quoted name. Not postgres.js' own `sql(name)`: that one takes a name apart at its full stops. */
export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
