/** True when an insert or update failed because another row holds the place under this unique index. */
export function isUniqueViolation(error: unknown, index: string): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    const { code, constraint_name: name } = current as { code?: unknown; constraint_name?: unknown };
    if (code === "23505" && name === index) return true;
  }
  return false;
}
