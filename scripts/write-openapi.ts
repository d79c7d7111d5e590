import { writeFileSync } from "node:fs";
import { openApiDocument } from "#lib/http/openapi";

/** Writes docs/openapi.json from the contracts; a test compares. */
const file = new URL("../docs/openapi.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
