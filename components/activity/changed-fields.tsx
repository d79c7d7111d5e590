type Values = Readonly<Record<string, unknown>> | null;
export type FieldChange = { readonly name: string; readonly before: unknown; readonly after: unknown };

/** Fields whose value differs between the two pictures of a row; where there is only one picture, all of its fields. */
export function changedFields(before: Values, after: Values): FieldChange[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names
    .map((name) => ({ name, before: before?.[name], after: after?.[name] }))
    .filter((field) => JSON.stringify(field.before) !== JSON.stringify(field.after));
}

/** A recorded value as text; what was not there is a dash. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
