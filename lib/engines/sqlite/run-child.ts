import { fileURLToPath } from "node:url";
import { LifeboatError } from "#lib/domain/error";
import { LineReader } from "#lib/exec/line-reader";
import { spawnTool } from "#lib/exec/spawn-tool";
import type { EngineContext } from "../port.ts";
import type { ChildEvent, ChildGo, ChildRequest } from "./child-protocol.ts";

const script = fileURLToPath(new URL("child.ts", import.meta.url));
const tool = "sqlite";

/** The caller's answer to `ready`; nothing else is ever said to the child. */
type Conversation = { readonly lines: AsyncIterable<Uint8Array>; readonly go: () => void; readonly end: () => void };

function converse(request: ChildRequest): Conversation {
  const { promise, resolve } = Promise.withResolvers<ChildGo | null>();
  async function* lines() {
    yield Buffer.from(`${JSON.stringify(request)}\n`);
    const go = await promise;
    if (go !== null) yield Buffer.from(`${JSON.stringify(go)}\n`);
  }
  return { lines: lines(), go: () => resolve({ goAt: Date.now() }), end: () => resolve(null) };
}

/**
 * Lets the child do one thing and hands on what it says. Throws what the child failed with, the signal's reason, `tool-killed`
 * { tool, signal } and `tool-failed`. How long a copy or a check takes nobody knows, so there is no time limit; the child's own waits
 * have one. `context.signal` ends it.
 */
export async function runChild(
  request: ChildRequest,
  context: Pick<EngineContext, "signal">,
  onEvent: (event: ChildEvent, go: () => void) => void,
): Promise<void> {
  const { signal } = context;
  signal.throwIfAborted();
  const talk = converse(request);
  const child = spawnTool({
    file: process.execPath,
    args: ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=2", script],
    timeoutMs: null,
    signal,
    input: talk.lines,
  });
  let failure: LifeboatError | null = null;
  const reader = new LineReader(
    (line) => line,
    (line) => {
      const event = JSON.parse(line) as ChildEvent;
      if (event.event === "failed") failure = new LifeboatError(event.code, event.params);
      else onEvent(event, talk.go);
    },
  );
  try {
    for await (const bytes of child.stdout) reader.write(bytes as Buffer);
    reader.end();
  } catch (error) {
    child.kill();
    talk.end();
    await child.done;
    signal.throwIfAborted();
    throw error;
  }
  talk.end();
  const exit = await child.done;
  signal.throwIfAborted();
  if (failure !== null) throw failure;
  if (exit.signal !== null) throw new LifeboatError("tool-killed", { tool, signal: exit.signal });
  if (exit.exitCode !== 0) throw new LifeboatError("tool-failed", { tool, exitCode: exit.exitCode, detail: exit.stderr.slice(-500) });
}
