// SPDX-License-Identifier: Apache-2.0
// Programs written for @1password/sdk run on a real broker once their import is
// changed, and @assent/sdk-node/1password has the shape of what it replaces.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { base64, type Rig, startRig } from "../packages/broker/test/rig.ts";
import * as adapter from "../packages/sdk-node/src/onepassword/index.ts";
import { files, read, root } from "./documents.ts";

const counterparts = join(root, "counterparts");
const original = join(counterparts, "node_modules", "@1password", "sdk");
const isThere = existsSync(original);
const needs = "NOT RUN without: (cd counterparts && npm ci)";
const folder = "examples/from-1password";

/** What is there for programs of the original that reach into its core. */
const leftOut = ["throwError", "ReviverFunc", "ReplacerFunc"];

describe.runIf(isThere)(`the shape of @1password/sdk; ${needs}`, () => {
  it("has every name that it exports, with the same values", async () => {
    const entry = pathToFileURL(join(original, "dist", "sdk.js")).href;
    const theirs = Object.entries((await import(entry)).default);
    expect(theirs.length).toBeGreaterThan(30);
    for (const [name, value] of theirs) {
      if (leftOut.includes(name)) continue;
      const ours = Reflect.get(adapter, name);
      expect(typeof ours, name).toBe(typeof value);
      if (typeof value !== "function") expect(ours, name).toEqual(value);
      expect(Reflect.get(adapter.default, name), name).toBe(ours);
    }
  });

  it("has types that stand for those it declares, both ways", async () => {
    const declared = [
      ...readFileSync(join(original, "dist", "types.d.ts"), "utf8").matchAll(
        /^export (?:declare )?(?:interface|type|enum) (\w+)/gm,
      ),
    ].map(([, name]) => name);
    expect(declared.length).toBeGreaterThan(50);
    const compared = read("counterparts/onepassword.ts");
    for (const name of declared) {
      expect(compared).toMatch(new RegExp(`ours\\.${name}\\b`));
    }
    const said = await run("tsc", ["-p", "tsconfig.json"], counterparts);
    expect(said).toEqual({ code: 0, text: "" });
  });

  it("has a row for each method that it declares", () => {
    const dist = (name: string) =>
      readFileSync(join(original, "dist", `${name}.d.ts`), "utf8");
    const owners: Readonly<Record<string, string>> = {
      SecretsApi: "secrets",
      ItemsApi: "items",
      ItemsFilesApi: "items.files",
      ItemsSharesApi: "items.shares",
      VaultsApi: "vaults",
      EnvironmentsApi: "environments",
      GroupsApi: "groups",
    };
    const declared = ["createClient"];
    for (const page of [
      ...["secrets", "items", "items_files", "items_shares"],
      ...["vaults", "environments", "groups"],
    ]) {
      const text = dist(page);
      for (const [, api = "", body = ""] of text.matchAll(
        /^export interface (\w+) \{(.*?)^\}/gms,
      )) {
        for (const [, method] of body.matchAll(/^ {4}(\w+)\(/gm)) {
          declared.push(`${owners[api]}.${method}`);
        }
      }
      for (const [, method] of text.matchAll(/^ {4}static (\w+)\(/gm)) {
        declared.push(`Secrets.${method}`);
      }
    }
    const client = [...dist("client").matchAll(/^ {4}(\w+): \w+Api;/gm)];
    expect(client.map(([, name]) => name)).toEqual([
      ...["secrets", "items", "vaults", "environments", "groups"],
    ]);
    expect(
      rows("@1password/sdk")
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(declared.toSorted());
  });

  it("lets the same programs compile against either", async () => {
    const there = mkdtempSync(join(counterparts, "programs-"));
    try {
      for (const at of [join(original, "dist", "sdk.d.ts"), undefined]) {
        const paths = at && { "@assent/sdk-node/1password": [at] };
        const config = {
          extends: "../tsconfig.json",
          files: files(`${folder}/*.ts`).map((path) => join(root, path)),
          compilerOptions: {
            ...(paths && { paths }),
            typeRoots: [join(root, "node_modules", "@types")],
          },
        };
        writeFileSync(join(there, "tsconfig.json"), JSON.stringify(config));
        const said = await run("tsc", ["-p", "tsconfig.json"], there);
        expect(said).toEqual({ code: 0, text: "" });
      }
    } finally {
      rmSync(there, { recursive: true });
    }
  });
});

describe("what docs/coming-from-1password.md says", () => {
  it("is shown by a program or a test that calls each method", () => {
    for (const [name = "", , , shown = ""] of rows("@1password/sdk")) {
      expect(read(shown), `${shown} calls ${name}`).toContain(`${name}(`);
    }
  });

  it("is shown by a test for each command of ours", () => {
    const all = rows("op");
    expect(all.length).toBeGreaterThan(20);
    for (const [name = "", here = "", shown = ""] of all) {
      const [, verb] = /^`assent (?:item |vault )?([a-z]+)/.exec(here) ?? [];
      if (verb === undefined || shown.startsWith("examples/")) continue;
      const message = `${shown} runs what stands for ${name}`;
      expect(read(shown).includes(verb), message).toBe(true);
    }
  });
});

/** The cells of a table of that page, without backticks around a whole cell. */
function rows(name: string): string[][] {
  const page = read("docs/coming-from-1password.md");
  const [, after = ""] = page.split(`<!-- table: ${name} -->\n`);
  const [table = ""] = after.split("\n\n");
  return table
    .trim()
    .split("\n")
    .slice(2)
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1")),
    );
}

describe("programs of @1password/sdk with another import", () => {
  let rig: Rig;
  let vaultId: string;
  let environmentId: string;
  beforeAll(async () => {
    rig = await startRig();
    vaultId = await rig.vault("Personal", "Dev");
    await rig.item("Personal", vaultId, "GitHub", { token: "ghp_example" });
    const field = (title: string, type: string, value: string) => ({
      title,
      type: `FIELD_TYPE_${type}`,
      value: base64(value),
    });
    const made = await rig.operate("Personal", {
      putItems: {
        items: [
          {
            overview: {
              vaultId,
              title: "Production",
              category: "CATEGORY_ENVIRONMENT",
            },
            fields: [
              field("HOST", "TEXT", "db.example"),
              field("TOKEN", "CONCEALED", "s3cret"),
            ],
          },
        ],
      },
    });
    environmentId = made.itemOutcomes.outcomes[0].item.overview.id;
  });
  afterAll(() => rig.close());

  /** Run one to its end; the user says yes to all it asks. */
  async function play(name: string, ...args: string[]) {
    const program = run(
      process.execPath,
      [join(root, folder, name), ...args],
      root,
      { ASSENT_ENDPOINT: rig.places.brokerSocket, OP_VAULT_ID: vaultId },
    );
    const asked: string[] = [];
    const over = program.then(() => []);
    for (;;) {
      const [prompt] = await Promise.race([over, rig.pending()]);
      if (prompt === undefined) break;
      asked.push(String(prompt.body.scope?.access));
      await rig.approve(prompt);
    }
    const { code, text } = await program;
    return { code, lines: text.trim().split("\n"), asked };
  }

  const reference = "op://Dev/GitHub/token";

  it("reads secrets after one prompt, for reading", async () => {
    const lost = "op://Dev/GitHub/none";
    const { lines, code, asked } = await play(
      "read-secrets.ts",
      reference,
      lost,
    );
    expect(lines.slice(0, 4)).toEqual([
      `${reference}: 11 characters`,
      `${reference}: 11`,
      `${lost}: fieldNotFound`,
      "Random: 20 characters",
    ]);
    expect(code).toBe(0);
    expect(asked).toEqual(["1"]);
  });

  it("creates, reads, changes, lists, archives and deletes items after one prompt, for writing", async () => {
    const { lines, code, asked } = await play("manage-items.ts");
    expect(lines).toEqual([
      "created Example login, 3 fields",
      "code of the item: 6 digits",
      "code by reference: 6 digits",
      "changed: true",
      "an old version is refused: true",
      "password: second",
      "got Example A",
      "got Example B",
      "got Example login",
      "deleted 2",
      "active: GitHub",
      "active: Production",
      "archived: Example login (Login)",
    ]);
    expect(code).toBe(0);
    expect(asked).toEqual(["2"]);
  });

  it("reads an environment, and asks again before it makes a vault", async () => {
    const { lines, code, asked } = await play(
      "manage-vaults.ts",
      environmentId,
    );
    expect(lines).toEqual([
      "HOST=db.example",
      "TOKEN=******",
      "Keys: For an example",
      "Dev (userCreated)",
      "Keys (userCreated)",
      "Keys: 0 items",
      "Ed25519: ssh-ed25519",
      "There are no groups: an account belongs to one person. Leave this call out.",
    ]);
    expect(code).toBe(0);
    expect(asked).toEqual(["1", "2"]);
  });

  it("attaches, reads, replaces and deletes files", async () => {
    const { lines, code, asked } = await play("manage-files.ts");
    expect(lines).toEqual([
      "first.txt: the first file",
      "2 files",
      "second.txt",
      "final.txt: 14 bytes",
    ]);
    expect(code).toBe(0);
    expect(asked).toEqual(["2"]);
  });

  it("runs as CommonJS as well", async () => {
    const { lines, code } = await play("common-js.cjs", reference);
    expect(lines).toEqual(["11 characters"]);
    expect(code).toBe(0);
  });

  it("names the adapter where each of them named the original, and nowhere else", () => {
    for (const path of files(`${folder}/*`)) {
      const imports = read(path).match(/@assent\/[\w/-]+/g);
      expect(imports, path).toEqual(["@assent/sdk-node/1password"]);
    }
  });
});

/** A program, run to its end. */
async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; text: string }> {
  const { PATH = "" } = process.env;
  const bin = join(root, "node_modules", ".bin");
  const child = spawn(program, args, {
    cwd,
    env: { PATH: `${bin}:${PATH}`, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  const [code] = await once(child, "close");
  return { code, text };
}
