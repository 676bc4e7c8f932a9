// SPDX-License-Identifier: Apache-2.0
// What docs/recipes.md and the pages of the SDKs show is run on a broker.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
// biome-ignore lint/correctness/noUndeclaredDependencies: packages/conformance has it; the root names no libraries.
import { parse } from "yaml";
import {
  base64,
  password,
  type Rig,
  startRig,
} from "../packages/broker/test/rig.ts";
import { blocks, files, read, root } from "./documents.ts";

const counterparts = join(root, "counterparts");
const recipes = join(root, "examples", "recipes");
const hasExpress = existsSync(join(counterparts, "node_modules", "express"));
const bun = join(counterparts, "node_modules", ".bin", "bun");
const needs = "NOT RUN without: (cd counterparts && npm ci)";
const running = new Set<ChildProcess>();
let rig: Rig;
let bin: string;
let work: string;
let account: string;

beforeAll(async () => {
  rig = await startRig();
  const { body } = await rig.owner.owner("AccountService/ListAccounts", {});
  account = body.accounts[0].id;
  // In the repository, so that programs find the packages.
  work = mkdtempSync(join(root, "scripts", "recipes-"));
  bin = mkdtempSync(join(work, "bin-"));
  const cli = join(root, "apps", "cli", "dist", "main.js");
  command("assent", `exec "${process.execPath}" "${cli}" "$@"`);
  // In the place of programs that a test cannot have: it says what it is given.
  for (const name of ["docker", "terraform", "npm"]) {
    command(
      name,
      `echo "${name} $*"
env | grep -c -E "^(NODE_AUTH_TOKEN|DATABASE_PASSWORD|TF_VAR_github_token)=.{8,}"`,
    );
  }
  const vault = await rig.vault("Personal", "Dev");
  await rig.item("Personal", vault, "GitHub", { token: "ghp_4f9a1c" });
  await rig.item("Personal", vault, "Database", { password: "old-password" });
  const overview = {
    vaultId: vault,
    title: "Production",
    category: "CATEGORY_ENVIRONMENT",
  };
  const fields = [
    { title: "HOST", type: "FIELD_TYPE_TEXT", value: base64("db.example") },
    { title: "KEY", type: "FIELD_TYPE_CONCEALED", value: base64("k-12345") },
  ];
  await rig.operate("Personal", {
    putItems: { items: [{ overview, fields }] },
  });
});

afterAll(async () => {
  // Of a test that failed.
  for (const child of running) child.kill("SIGKILL");
  await rig.close();
  rmSync(work, { recursive: true });
});

function command(name: string, text: string): void {
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

interface Started {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

function start(program: string, args: readonly string[], cwd = work): Started {
  const child = spawn(program, args, {
    cwd,
    env: {
      PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
      ASSENT_ENDPOINT: rig.places.brokerSocket,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
      child.emit("said");
    });
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { child, said: () => text, ended };
}

/** Say yes to whatever it asks until it has ended. */
async function approved({ said, ended }: Started) {
  const over = ended.then(() => []);
  for (;;) {
    const [prompt] = await Promise.race([over, rig.pending()]);
    if (prompt === undefined) return { code: await ended, text: said() };
    // Commands name no account: the user picks one.
    const { status, text } = await rig.approve(prompt, { account });
    if (status !== 200) throw new Error(`not approved: ${text}`);
  }
}

const shell = (name: string, ...args: string[]) =>
  start("/bin/sh", [join(recipes, name), ...args]);

it("the page shows the recipes that are run here, as they are", () => {
  const shown = blocks(read("docs/recipes.md"));
  for (const { snippet = "", text } of shown) expect(text).toBe(read(snippet));
  expect(shown.map(({ snippet }) => snippet).toSorted()).toEqual(
    files("examples/recipes/*").toSorted(),
  );
});

it.runIf(hasExpress)(
  `the server with Express answers while it has access, and 503 after a lock; ${needs}`,
  async () => {
    const there = mkdtempSync(join(counterparts, "express-"));
    try {
      const program = join(there, "express-app.mjs");
      copyFileSync(join(recipes, "express-app.mjs"), program);
      const server = start("env", ["PORT=0", process.execPath, program]);
      const over = approved(server);
      while (!server.said().includes("listening on ")) {
        await once(server.child, "said");
      }
      const [, port] = /listening on (\d+)/.exec(server.said()) ?? [];
      const ask = () => fetch(`http://127.0.0.1:${port}/issues`);
      const answer = await ask();
      expect(await answer.json()).toEqual({
        asked: "with a token of 10 characters",
      });
      await rig.owner.owner("AccountService/LockAccount");
      const refused = await ask();
      expect(refused.status).toBe(503);
      expect(await refused.json()).toEqual({ error: "account-locked" });
      server.child.kill("SIGTERM");
      const { code, text } = await over;
      expect(code).toBe(0);
      expect(text).toMatch(/access: granted\n.*access: locked\n/s);
    } finally {
      rmSync(there, { recursive: true });
    }
  },
);

it("the script stores a new password, and gives its access back", async () => {
  const program = join(recipes, "rotate.mjs");
  const { code, text } = await approved(start(process.execPath, [program]));
  expect(text).toBe("The database has a new password.\n");
  expect(code).toBe(0);
});

it.each([
  ["deploy.sh", ["--dry-run"], "npm publish --dry-run"],
  ["compose.sh", [], "docker compose up --detach"],
  ["terraform.sh", ["-auto-approve"], "terraform apply -auto-approve"],
])(
  "%s starts its program with the secret, after one approval",
  async (name, args, line) => {
    const { code, text } = await approved(shell(name, ...args));
    expect(text).toContain(`${line}\n1\n`);
    expect(code).toBe(0);
  },
);

it("Docker Compose and Terraform name the variables that they are given", () => {
  const compose = parse(read("examples/recipes/compose.yaml"));
  const [secret = ""] = compose.services.app.secrets;
  const { environment } = compose.secrets[secret];
  expect(read("examples/recipes/compose.sh")).toContain(
    `--env ${environment}=`,
  );
  expect(compose.services.app.environment.POSTGRES_PASSWORD_FILE).toBe(
    `/run/secrets/${secret}`,
  );
  const [, variable = ""] =
    /^variable "(\w+)"/m.exec(read("examples/recipes/terraform/main.tf")) ?? [];
  expect(read("examples/recipes/terraform.sh")).toContain(
    `--env TF_VAR_${variable}=`,
  );
});

it("a .env file moves to the vault, and its template starts the program", async () => {
  const cli = join(root, "apps", "cli", "dist", "main.js");
  const secret = join(work, "password");
  writeFileSync(secret, password);
  // Where somebody would type: home and password.
  command(
    "assent",
    `[ "$1" = import ] || exec "${process.execPath}" "${cli}" "$@"
exec "${process.execPath}" "${cli}" "$@" --home "${rig.home}" --password-fd 3 3< "${secret}"`,
  );
  writeFileSync(
    join(work, ".env"),
    "# Of the shop\nSHOP_KEY=shop-key-1\nexport SHOP_HOST='shop.example'\n",
  );
  const moved = await approved(shell("migrate-env.sh"));
  expect(moved.code, moved.text).toBe(0);
  expect(readFileSync(join(work, ".env.tpl"), "utf8")).toBe(
    "SHOP_KEY=assent://Dev/.env/SHOP_KEY\nSHOP_HOST=assent://Dev/.env/SHOP_HOST\n",
  );
  const show = ["sh", "-c", 'echo "$' + "{#SHOP_KEY} $" + '{#SHOP_HOST}"'];
  const started = await approved(
    start("assent", ["run", "--env-file", ".env.tpl", "--", ...show]),
  );
  expect(started.text).toContain("10 12\n");
  expect(started.code).toBe(0);
});

describe("docs/sdk-node.md", () => {
  const said = [
    "access to Personal\ngranted\naccess to Personal\nAccess was revoked. Call authorize() to ask again.\nrevoked\n",
    "10\n[secret] of 10 bytes\nfield-not-found\n",
    "Mail service: 8 bytes\n",
    "HOST db.example\nKEY 7\n",
    "not-found: assent://Dev/GitHub/nothing: the item has no such field; check its name, or use its id\n",
  ];
  const programs = blocks(read("docs/sdk-node.md"));

  it("has a program for each outcome here", () => {
    expect(programs.length).toBe(said.length);
  });

  it.each(said)("says of a program that it prints: %s", async (expected) => {
    const path = join(work, `page-${said.indexOf(expected)}.mjs`);
    writeFileSync(path, programs[said.indexOf(expected)]?.text ?? "");
    const { code, text } = await approved(start(process.execPath, [path]));
    expect(text.replaceAll("please answer the prompt\n", "")).toBe(expected);
    expect(code).toBe(0);
  });
});

it.runIf(existsSync(bun))(
  `the program of docs/sdk-browserless.md runs in Bun; ${needs}`,
  async () => {
    const [program] = blocks(read("docs/sdk-browserless.md"));
    const path = join(work, "page.ts");
    writeFileSync(path, program?.text ?? "");
    const { code, text } = await approved(start(bun, [path]));
    expect(text).toBe("10\n");
    expect(code).toBe(0);
  },
);
