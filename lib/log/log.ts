import { redactText, redactValue } from "./redact.ts";

const order = { debug: 0, info: 1, warn: 2, error: 3 } as const;
export type LogLevel = keyof typeof order;
export type Fields = Record<string, unknown>;

export interface Logger {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  child(fields: Fields): Logger;
}

function errorFields(error: Error): Fields {
  const stack = error.stack === undefined ? undefined : redactText(error.stack);
  return {
    name: error.name,
    message: redactText(error.message),
    stack,
    ...(error.cause instanceof Error ? { cause: errorFields(error.cause) } : {}),
  };
}

/**
 * Structured log: one JSON object a line on standard output, redacted. Errors under the key `error` are written with stack and cause.
 * `write` is for tests.
 */
export function createLogger(
  level: LogLevel,
  base: Fields = {},
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Logger {
  const emit = (at: LogLevel, message: string, fields: Fields = {}) => {
    if (order[at] < order[level]) return;
    const { error, ...rest } = fields;
    const shown = error === undefined ? rest : { ...rest, error: error instanceof Error ? errorFields(error) : error };
    const record = redactValue({ ...base, ...shown }) as Fields;
    write(`${JSON.stringify({ time: new Date().toISOString(), level: at, message: redactText(message), ...record })}\n`);
  };
  return {
    debug: (message, fields) => emit("debug", message, fields),
    info: (message, fields) => emit("info", message, fields),
    warn: (message, fields) => emit("warn", message, fields),
    error: (message, fields) => emit("error", message, fields),
    child: (fields) => createLogger(level, { ...base, ...fields }, write),
  };
}
