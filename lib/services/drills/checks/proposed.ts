import type { CheckDefinition } from "#lib/contracts/drill-checks";
import type { BuiltInCheck } from "#lib/domain/drill-checks";

type Plain = Exclude<BuiltInCheck, "newest-row" | "size" | "migration-head">;

const builtIn = (type: Plain, mandatory = true): CheckDefinition => ({ key: type, name: "", mandatory, type });

/** A drop to less than half or a growth to more than threefold since the drill before is worth a look, not a failure. */
const size: CheckDefinition = { key: "size", name: "", mandatory: false, type: "size", shrinkPercent: 50, growPercent: 200 };

const recovery = [builtIn("recovery-point"), builtIn("recovery-time")];

/** The checks of a new plan: everything that Lifeboat can look at by itself. What a backup has nothing of is not applicable then. */
export function proposedChecks(engine: "postgres" | "sqlite"): CheckDefinition[] {
  if (engine === "sqlite") {
    return [
      builtIn("stream-checksum"),
      builtIn("sqlite-integrity"),
      builtIn("sqlite-foreign-keys"),
      builtIn("tables-present"),
      builtIn("content"),
      size,
      ...recovery,
    ];
  }
  return [
    builtIn("stream-checksum"),
    builtIn("restore-errors"),
    builtIn("tables-present"),
    builtIn("content"),
    builtIn("database-properties"),
    builtIn("sequences"),
    builtIn("constraints"),
    builtIn("foreign-keys"),
    builtIn("roles"),
    builtIn("extensions"),
    { key: "migration-head", name: "", mandatory: true, type: "migration-head", application: null },
    builtIn("index-structure", false),
    size,
    ...recovery,
  ];
}
