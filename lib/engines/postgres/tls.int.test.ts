import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, copyFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, describe } from "vitest";
import { startCluster, type PrivateCluster } from "#lib/clusters/cluster";
import { findClusterUser } from "#lib/clusters/os-user";
import { createLogger } from "#lib/log/log";
import { testServer } from "#lib/testing/postgres";
import { removeFolder } from "#lib/testing/temporary-folder";
import type { ServerAddress } from "../port.ts";
import { engineFixture, snapshotRequest, writeSnapshot, type EngineFixture } from "./engine-fixture.ts";

const logger = createLogger("warn", { process: "tests" });

function openssl(folder: string, ...args: string[]): void {
  execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
}

/** A certificate authority, and a server's key and certificate for 127.0.0.1 that it has signed. */
async function makeCertificates(folder: string): Promise<void> {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  for (const name of ["ca", "other"]) {
    openssl(folder, "req", "-x509", ...key, "-keyout", `${name}.key`, "-out", `${name}.crt`, "-days", "2", "-subj", `/CN=Test ${name}`);
  }
  await writeFile(join(folder, "san.cnf"), "subjectAltName=IP:127.0.0.1,DNS:db.example\n");
  openssl(folder, "req", "-new", ...key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=db.example");
  const signing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "san.cnf", "-days", "2"];
  openssl(folder, "x509", "-req", "-in", "server.csr", "-out", "server.crt", ...signing);
}

describe("on a PostgreSQL with TLS", () => {
  const { binDir } = testServer(15);
  const password = randomBytes(12).toString("base64url");
  let folder: string;
  let cluster: PrivateCluster;
  let fixture: EngineFixture;
  let ca: string;
  let otherCa: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "lifeboat-tls-"));
    execFileSync("chmod", ["711", folder]);
    await makeCertificates(folder);
    [ca, otherCa] = [await readFile(join(folder, "ca.crt"), "utf8"), await readFile(join(folder, "other.crt"), "utf8")];
    const osUser = await findClusterUser(logger);
    const settings = { fsync: "off", max_connections: "30" };
    cluster = await startCluster({ name: "tests-tls", dataDir: join(folder, "data"), binDir, password, osUser, settings, logger });
    for (const file of ["server.key", "server.crt"]) {
      await copyFile(join(folder, file), join(cluster.dataDir, file));
      if (osUser !== null) await chown(join(cluster.dataDir, file), osUser.uid, osUser.gid);
    }
    execFileSync("chmod", ["600", join(cluster.dataDir, "server.key")]);
    const admin = postgres(cluster.url("postgres"), { max: 1, onnotice: () => undefined });
    await admin`alter system set ssl = on`;
    await admin`select pg_reload_conf()`;
    await admin`create table t as select i as id from generate_series(1, 9) i`;
    await admin.end();
  });
  afterAll(async () => {
    await cluster.stop("immediate");
    await removeFolder(folder);
  });
  beforeEach(async () => {
    fixture = await engineFixture([binDir]);
  });
  afterEach(async () => {
    await fixture.remove();
  });

  const address = (changes: Partial<ServerAddress>): ServerAddress => {
    const { host, port, superuser: username } = cluster;
    return { host, port, username, password, tlsMode: "verify-full", tlsCa: ca, maintenanceDatabase: "postgres", ...changes };
  };
  const open = async (changes: Partial<ServerAddress>) =>
    await fixture.engine.snapshot(snapshotRequest(address(changes), "postgres"), fixture.context);

  it.each([
    ["prefer", {}],
    ["require without an authority", { tlsMode: "require", tlsCa: "" }],
    ["require, under another name", { tlsMode: "require", host: "localhost" }],
    ["verify-ca", { tlsMode: "verify-ca" }],
    ["verify-ca, under another name", { tlsMode: "verify-ca", host: "localhost" }],
    ["verify-full", {}],
  ] as const)("encrypts every session with %s", async (_, changes) => {
    const snapshot = await open(changes);
    const admin = postgres(cluster.url("postgres"), { max: 1 });
    try {
      // pg_dump waits for its reader: both sessions of the run stand.
      const sessions = await admin`
        select s.ssl from pg_stat_activity a join pg_stat_ssl s using (pid) where a.application_name like ${`${fixture.context.applicationName.slice(0, 50)}%`}`;
      expect(sessions.length).toBeGreaterThan(0);
      expect(sessions.every((session) => session["ssl"] === true)).toBe(true);
      const result = await writeSnapshot(snapshot, join(fixture.context.workDir, "stream"));
      expect(result.tables).toMatchObject([{ table: "t", rows: 9 }]);
    } finally {
      await snapshot.close();
      await admin.end();
    }
  });

  it.each([
    ["an authority that did not sign, verify-ca", { tlsMode: "verify-ca", wrong: true }],
    ["an authority that did not sign, verify-full", { wrong: true }],
    ["the authorities of the system", { tlsCa: "" }],
    ["another host name", { host: "localhost" }],
  ] as const)("refuses %s before a password is sent", async (_, { ...changes }) => {
    const wrong = "wrong" in changes ? { tlsCa: otherCa } : {};
    const untrusted = { code: "tls-untrusted", params: { detail: expect.any(String) } };
    await expect(open({ ...changes, ...wrong, password: "canary-tls-pw" })).rejects.toMatchObject(untrusted);
    const states: string[] = [];
    const onStep = async (step: { code: string; state: string }) => {
      states.push(`${step.code} ${step.state}`);
      return await Promise.resolve();
    };
    const result = await fixture.engine.check(address({ ...changes, ...wrong }), onStep, fixture.context);
    expect(result.failed).toMatchObject(untrusted);
    expect(states).toEqual(expect.arrayContaining(["tls failed", "sign-in skipped"]));
  });
});
