// `npm run build`: builds the pages ahead of the first start (for a container image, or a tree that the service may not write).
import { fileURLToPath } from "node:url";
import { buildWhenChanged } from "#lib/supervisor/build";

const root = fileURLToPath(new URL("..", import.meta.url));
await buildWhenChanged({ root, say: (line) => console.log(line), signal: new AbortController().signal });
