import { once } from "node:events";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { pipeline as pipelineDone } from "node:stream/promises";
import { execa } from "execa";
import { LifeboatError } from "#lib/domain/error";
import { redactText } from "#lib/log/redact";
import { BoundedText } from "./bounded-text.ts";
import { toolEnvironment } from "./environment.ts";
import { gatherPieces } from "./gather-pieces.ts";
import { LineReader } from "./line-reader.ts";
import { forgetGroup, killGroup, registerGroup } from "./process-group.ts";

export type ToolInput = string | Uint8Array | AsyncIterable<Uint8Array>;

export type SpawnOptions = {
  /** Path of the program, or a name to be found in `PATH`. Comes from the host's configuration, never from a request. */
  readonly file: string;
  /** Arguments; visible to every user of the machine, so never a secret. */
  readonly args: readonly string[];
  /** Added to the allow-listed environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Milliseconds after which the group is ended; null for work whose length nobody knows (say why at the call). */
  readonly timeoutMs: number | null;
  readonly signal?: AbortSignal;
  /** Written to standard input; without it standard input is closed from the start. */
  readonly input?: ToolInput;
  /** Complete lines of standard error, redacted. */
  readonly onLine?: (stream: "stdout" | "stderr", line: string) => void;
  /** Bound of the kept standard error, in bytes; default 256 KiB. */
  readonly maxOutputBytes?: number;
  /** Milliseconds between SIGTERM and SIGKILL; default 2000. */
  readonly graceMs?: number;
  /** A piece of standard output is valid only until the next one is asked for; saves a long stream new memory for each. Default false. */
  readonly reuseMemory?: boolean;
  /** What becomes of the group when this process exits; `leave` is for clusters that are adopted again. Default `kill`. */
  readonly onParentExit?: "kill" | "leave";
};

export type ToolExit = {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Bounded and redacted. */
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
};

export type ToolProcess = {
  /** Also the id of its process group; undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Must be read to its end or destroyed: the tool waits while nobody reads. */
  readonly stdout: Readable;
  /**
   * Resolves when the exit code is known **and** both output streams have ended. Rejects with `tool-missing` when there is no such
   * program, `tool-failed` when it could not be started for another reason. Non-zero exits resolve.
   */
  readonly done: Promise<ToolExit>;
  /** Ends the whole group: `signal` (SIGTERM) now, SIGKILL after the grace. Safe at any time. */
  readonly kill: (signal?: NodeJS.Signals) => void;
};

/** Starts a tool in a process group of its own, with an environment made from an allow-list, and streams its output. */
export function spawnTool(options: SpawnOptions): ToolProcess {
  const subprocess = execa(options.file, [...options.args], {
    detached: true,
    extendEnv: false,
    env: toolEnvironment(options.env),
    stdin: options.input === undefined ? "ignore" : "pipe",
    stdout: "pipe",
    stderr: "pipe",
    buffer: false,
    encoding: "buffer",
    reject: false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  const { pid } = subprocess;
  // execa drains a stream that nobody listens to; ours waits for its reader and holds the tool back meanwhile.
  const stdout = gatherPieces(subprocess.stdout, { reuse: options.reuseMemory });
  stdout.on("error", () => undefined);
  if (pid !== undefined && options.onParentExit !== "leave") registerGroup(pid);

  const state = { timedOut: false, cancelled: false, killed: false };
  let graceTimer: NodeJS.Timeout | undefined;
  const kill = (signal: NodeJS.Signals = "SIGTERM") => {
    if (pid === undefined || !killGroup(pid, signal)) return;
    state.killed = true;
    graceTimer ??= setTimeout(() => killGroup(pid, "SIGKILL"), options.graceMs ?? 2_000);
  };

  const onAbort = () => {
    state.cancelled = true;
    kill();
  };
  if (options.signal?.aborted === true) onAbort();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  const timer =
    options.timeoutMs === null
      ? undefined
      : setTimeout(() => {
          state.timedOut = true;
          kill();
        }, options.timeoutMs);

  const stderrText = readErrors(subprocess.stderr, options);
  const inputWritten = options.input === undefined ? null : feed(options.input, subprocess.stdin!);
  // A source that fails must not look like a short input that was read to its end.
  inputWritten?.catch(() => kill("SIGKILL"));
  // What is left of a group that was told to end holds the pipes open and may ignore the signal: it goes with its leader.
  subprocess.nodeChildProcess.once("exit", () => {
    if (!state.killed || pid === undefined) return;
    killGroup(pid, "SIGKILL");
    stdout.destroy();
  });

  const wait = async (): Promise<ToolExit> => {
    try {
      const result = await subprocess;
      if (pid === undefined || result.code === "ENOENT") throw startError(options.file, result.code, result.cause);
      if (!stdout.closed) await once(stdout, "close");
      const [stderr] = await Promise.all([stderrText, inputWritten]);
      return {
        exitCode: result.exitCode ?? null,
        signal: result.signal ?? null,
        stderr: stderr.toString(),
        timedOut: state.timedOut,
        cancelled: state.cancelled,
      };
    } finally {
      clearTimeout(timer);
      clearTimeout(graceTimer);
      options.signal?.removeEventListener("abort", onAbort);
      if (pid !== undefined) forgetGroup(pid);
    }
  };
  const done = wait();
  // The caller awaits `done` after it has read the stream; a rejection in between must not end the process.
  done.catch(() => undefined);
  return { pid, stdout, done, kill };
}

function startError(file: string, code: string | undefined, cause: unknown): LifeboatError {
  const tool = basename(file);
  if (code === "ENOENT") return new LifeboatError("tool-missing", { tool, major: "any", install: "none" }, { cause });
  return new LifeboatError("tool-failed", { tool, exitCode: null, detail: code ?? "it could not be started" }, { cause });
}

async function readErrors(stream: Readable, options: SpawnOptions): Promise<BoundedText> {
  const kept = new BoundedText(options.maxOutputBytes ?? 262_144);
  const lines = new LineReader(redactText, (line) => {
    kept.add(`${line}\n`);
    options.onLine?.("stderr", line);
  });
  stream.on("data", (bytes: Buffer) => lines.write(bytes));
  await new Promise<void>((resolve) => stream.once("close", resolve).once("error", () => resolve()));
  lines.end();
  return kept;
}

/** A tool may end before it has read everything; that is its exit code's story, not an error of writing. */
async function feed(input: ToolInput, stdin: NodeJS.WritableStream): Promise<void> {
  const source = typeof input === "string" || input instanceof Uint8Array ? [input] : input;
  try {
    await pipelineDone(Readable.from(source, { objectMode: false }), stdin);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "EPIPE" && code !== "ERR_STREAM_PREMATURE_CLOSE" && code !== "ERR_STREAM_DESTROYED" && code !== "ECONNRESET") throw error;
  }
}
