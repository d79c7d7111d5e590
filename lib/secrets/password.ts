import { argon2, randomBytes, timingSafeEqual } from "node:crypto";

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const current = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const tagBytes = 32;
const saltBytes = 16;
const pattern = /^argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

type Cost = { memory: number; passes: number; parallelism: number };

function derive(password: string, salt: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2("argon2id", { message: password.normalize("NFKC"), nonce: salt, tagLength, ...cost }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** `argon2id$v=19$m=…,t=…,p=…$salt$hash`. Takes some 20 ms on the thread pool. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, salt, current, tagBytes);
  const { memory, passes, parallelism } = current;
  return `argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${salt.toString("base64")}$${hash.toString("base64")}`;
}

/** Compares in constant time. A hash that cannot be read is never equal. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const match = pattern.exec(stored);
  if (match === null) return false;
  const [, memory, passes, parallelism, salt = "", hash = ""] = match;
  const expected = Buffer.from(hash, "base64");
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const actual = await derive(password, Buffer.from(salt, "base64"), cost, expected.length);
  return timingSafeEqual(actual, expected);
}

let dummy: Promise<string> | undefined;

/** A hash of a password that nobody knows: verifying against it costs what a real one costs, so an unknown address is not told by time. */
export function dummyHash(): Promise<string> {
  dummy ??= hashPassword(randomBytes(24).toString("base64"));
  return dummy;
}
