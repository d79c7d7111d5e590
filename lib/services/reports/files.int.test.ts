import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drillReports } from "#lib/db/schema/drill-reports";
import type { Handler } from "#lib/http/route";
import { setRuntime } from "#lib/http/runtime";
import { listAuditEvents } from "#lib/services/audit/list";
import { insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { testContext } from "#lib/testing/context";
import { closingOf, insertDrill, insertDrillCheck } from "#lib/testing/drill-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { signedInPerson, type TestPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { ensureInstallation } from "../setup/ensure-installation.ts";
import { inspectFile } from "./inspect-file.ts";
import { loadPublicKeys } from "./verify.ts";
import { writeReport } from "./write.ts";

let home: TestCatalogue;
let runtime: TestRuntime;
let viewer: TestPerson;
let drillId: string;
let GET: Handler;

beforeAll(async () => {
  home = await createCatalogue();
  runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  const context = testContext(home.catalogue, { keyring: runtime.keyring });
  await ensureInstallation(context);
  viewer = await signedInPerson(runtime, "viewer");
  const sourceId = await insertSource(home.catalogue.db, await insertServer(home.catalogue.db), { name: 'shop/"ñ"' });
  drillId = await insertDrill(home.catalogue.db, sourceId);
  await insertDrillCheck(home.catalogue.db, drillId, { key: "orders", ordinal: 0, name: "Orders of yesterday" });
  await home.catalogue.db.transaction((tx) => writeReport(tx, context, closingOf(drillId)));
  ({ GET } = await import("../../../app/api/v1/drills/[id]/report/file/route.ts"));
});
afterAll(() => home.drop());

function ask(query: string, headers: Record<string, string> = {}): Promise<Response> {
  const request = new Request(`http://127.0.0.1:3210/api/v1/drills/${drillId}/report/file${query}`, {
    headers: { cookie: viewer.cookie, ...headers },
  });
  return GET(request, { params: Promise.resolve({ id: drillId }) });
}

const read = async (response: Response) =>
  execFileSync("pdftotext", ["-layout", "-enc", "UTF-8", "-", "-"], { input: Buffer.from(await response.arrayBuffer()), encoding: "utf8" });

describe("a report's files", () => {
  it("are a PDF first of all, under a name that sorts by the chain", async () => {
    const response = await ask("");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/pdf");
    expect(response.headers.get("content-disposition")).toMatch(
      /^attachment; filename="lifeboat-drill-report_00001_shop___\w_*_\d{8}T\d{6}Z\.pdf"; filename\*=UTF-8''lifeboat-drill-report_00001_shop__%C3%B1__\d{8}T\d{6}Z\.pdf$/,
    );
    const text = await read(response);
    expect(text).toContain("Orders of yesterday");
    expect(text).toMatch(/hash, signature and neighbours in the chain are right/);
  });

  it("speak the asked language, else the browser's", async () => {
    expect(await read(await ask("?language=es"))).toContain("Informe de simulacro de restauración");
    expect(await (await ask("?format=markdown", { "accept-language": "es-MX" })).text()).toContain(
      "# Informe de simulacro de restauración",
    );
    expect(await (await ask("?format=markdown&language=en", { "accept-language": "es" })).text()).toContain("# Restore drill report");
    expect((await ask("?language=fr")).status).toBe(400);
  });

  it("are, as JSON, the signed bytes themselves", async () => {
    const response = await ask("?format=json");
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    const text = await response.text();
    expect(inspectFile(text, await loadPublicKeys(home.catalogue.db)).problems).toEqual([]);
    const [row] = await home.catalogue.db.select().from(drillReports);
    expect(text).toContain(row?.canonical);
  });

  it("are written down when somebody takes them, and nobody takes them without a session", async () => {
    await (await ask("?format=markdown")).text();
    const context = testContext(home.catalogue);
    const { items } = await listAuditEvents(context, { params: {}, query: { limit: 1 }, body: {}, ifMatch: null });
    expect(items[0]).toMatchObject({ action: "report.download", actor: { id: viewer.userId }, after: { format: "markdown", drillId } });
    expect((await ask("", { cookie: "" })).status).toBe(401);
  });
});
