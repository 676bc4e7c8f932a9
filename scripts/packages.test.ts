// SPDX-License-Identifier: Apache-2.0
// The SDKs as they would be published: packed, looked at, and installed into a
// project that knows nothing of this repository.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  canary,
  startBroker,
} from "../packages/sdk-node/test/scripted-broker.ts";
import { blocks, read, root } from "./documents.ts";

const names = ["protocol", "sdk-browserless", "sdk-node"];
const tools = join(root, "counterparts", "node_modules", ".bin");
const needs = "NOT RUN without: (cd counterparts && npm ci)";
let folder: string;
let tarballs: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "assent-packages-"));
  const ours = names.map((name) => join(root, "packages", name));
  // The one dependency that is not ours comes along: no registry is asked.
  const protobuf = join(root, "node_modules", "@bufbuild", "protobuf");
  const packed = await run(folder, "npm", [
    ...["pack", "--ignore-scripts", "--silent", ...ours, protobuf],
  ]);
  expect(packed.code, packed.text).toBe(0);
  tarballs = readdirSync(folder).map((name) => join(folder, name));
  expect(tarballs.length).toBe(names.length + 1);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tarball = (name: string) =>
  tarballs.find((path) => path.includes(`assent-${name}-`)) ?? "";

describe.runIf(existsSync(join(tools, "publint")))(
  `what is packed is well-formed; ${needs}`,
  () => {
    it.each(names)("publint finds nothing in %s", async (name) => {
      const { code, text } = await run(folder, join(tools, "publint"), [
        ...["run", tarball(name), "--strict"],
      ]);
      expect(text).toContain("All good!");
      expect(code).toBe(0);
    });

    // Modules of ECMAScript alone; Node takes them by require as well.
    it.each(["sdk-browserless", "sdk-node"])(
      "attw finds the types of each entry of %s right, for programs in ESM and bundlers",
      async (name) => {
        const { code, text } = await run(folder, join(tools, "attw"), [
          ...[tarball(name), "--profile", "esm-only", "--format", "json"],
        ]);
        const { analysis } = JSON.parse(text);
        const { exports } = JSON.parse(read(`packages/${name}/package.json`));
        expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(exports));
        for (const { resolutions } of Object.values<Entry>(
          analysis.entrypoints,
        )) {
          for (const kind of ["node16-esm", "bundler"]) {
            expect(resolutions[kind]?.resolution?.isTypeScript).toBe(true);
            expect(resolutions[kind]?.visibleProblems).toEqual([]);
          }
        }
        expect(code).toBe(0);
      },
    );
  },
);

interface Entry {
  readonly resolutions: Readonly<
    Record<
      string,
      {
        readonly resolution?: { readonly isTypeScript: boolean };
        readonly visibleProblems?: readonly unknown[];
      }
    >
  >;
}

it("a fresh project that installs the tarballs runs the README's program, and one of 1Password's", async () => {
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "private": true }');
  const installed = await run(project, "npm", [
    ...["install", "--offline", "--no-audit", "--no-fund", ...tarballs],
  ]);
  expect(installed.code, installed.text).toBe(0);
  const found = readdirSync(join(project, "node_modules")).filter(
    (name) => !name.startsWith("."),
  );
  expect(found).toEqual(["@assent", "@bufbuild"]);

  const [program] = blocks(read("packages/sdk-node/README.md"));
  writeFileSync(join(project, "readme.mjs"), program?.text ?? "");
  writeFileSync(
    join(project, "one.cjs"),
    read("examples/from-1password/common-js.cjs"),
  );
  await using broker = await startBroker();
  for (const [args, said] of [
    [["readme.mjs"], `got a token of ${canary.length} characters\n`],
    [["one.cjs", "op://Dev/GitHub/token"], `${canary.length} characters\n`],
  ] as const) {
    const { code, text } = await run(project, process.execPath, args, {
      ASSENT_ENDPOINT: broker.path,
    });
    expect(text).toBe(said);
    expect(code).toBe(0);
  }
});

/** A program, run to its end. */
async function run(
  cwd: string,
  program: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; text: string }> {
  const env = { ...process.env, ...more };
  const child = spawn(program, args, { cwd, env });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  const [code] = await once(child, "close");
  return { code, text };
}
