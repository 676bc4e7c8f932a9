// SPDX-License-Identifier: Apache-2.0
// Documents say what is so: links, commands, snippets, rules, and nothing that
// belongs to one machine.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadCatalogue } from "../packages/conformance/src/catalogue/catalogue.ts";
import {
  anchors,
  blocks,
  documents,
  files,
  inlineCode,
  prose,
  read,
  root,
  shellLines,
} from "./documents.ts";

const cli = join(root, "apps/cli/dist");

test("there are documents to look at", () => {
  expect(documents).toEqual(
    expect.arrayContaining([
      "README.md",
      "ARCHITECTURE.md",
      "SECURITY.md",
      "CONTRIBUTING.md",
      "docs/adr/README.md",
    ]),
  );
});

test("every link within the repository leads somewhere", () => {
  const broken = documents.flatMap((path) =>
    linksOf(read(path))
      .filter((target) => !leadsSomewhere(path, target))
      .map((target) => `${path}: ${target}`),
  );
  expect(broken).toEqual([]);
});

function linksOf(markdown: string): string[] {
  return [...prose(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target ?? "")
    .filter((target) => !/^[a-z]+:/.test(target));
}

function leadsSomewhere(from: string, target: string): boolean {
  const [file = "", anchor] = target.split("#");
  const linked = file === "" ? from : join(dirname(from), file);
  if (!existsSync(join(root, linked))) return false;
  return anchor === undefined || anchors(read(linked)).has(anchor);
}

test("every npm script that a document names exists", () => {
  const { scripts } = JSON.parse(read("package.json"));
  const command = /\bnpm (?:run (?:-s )?([\w:-]+)|(test)\b)/g;
  for (const path of documents) {
    for (const [, script, short] of read(path).matchAll(command)) {
      expect(Object.keys(scripts), path).toContain(script ?? short);
    }
  }
});

test("every file that a document names exists", () => {
  const ours = /^(?:\.ci|apps|docs|examples|packages|proto|scripts)\/[\w./-]*$/;
  const lost = documents.flatMap((path) =>
    inlineCode(read(path))
      .filter((code) => ours.test(code) && !existsSync(join(root, code)))
      .map((code) => `${path}: ${code}`),
  );
  expect(lost).toEqual([]);
});

test("what ARCHITECTURE.md names within the broker exists", () => {
  const named = inlineCode(read("ARCHITECTURE.md")).filter((code) =>
    /^[a-z-]+\/[a-z-]*(?:\.ts)?$/.test(code),
  );
  const here = ["packages/broker/src", "."];
  const lost = named.filter(
    (file) =>
      !here.some((folder) => existsSync(join(root, folder, file))) &&
      !["dist/", "run/"].includes(file),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(lost).toEqual([]);
});

test("snippets are programs that a test runs", () => {
  for (const path of ["README.md", "ARCHITECTURE.md", "SECURITY.md"]) {
    for (const { language, snippet, text } of blocks(read(path))) {
      if (!["js", "ts", "mjs"].includes(language)) continue;
      if (snippet === undefined) throw new Error(`${path}: from where?`);
      const source = read(snippet);
      const texts = snippet.endsWith(".md")
        ? blocks(source).map((block) => block.text)
        : [source];
      expect(texts).toContain(text);
    }
  }
});

const commonPlaces = "bin dev etc home lib proc run sys tmp usr var".split(" ");

test("no document belongs to one machine", () => {
  for (const path of documents) {
    const text = read(path);
    // Paths that every Linux has, and of a checkout none but the reader's own.
    for (const [found, top] of text.matchAll(/(?<=[`"'(=\s])\/([a-z]+)\/\w/g)) {
      expect(commonPlaces, `${path}: ${found}`).toContain(top);
    }
    for (const [home, user] of text.matchAll(/\/(?:home|Users)\/(\w+)/g)) {
      expect(user, `${path}: ${home}`).toBe("you");
    }
  }
});

test("every rule that a document names is in the catalogue", () => {
  const rules = new Set(loadCatalogue().clauses.keys());
  expect(read("README.md")).toContain(`${rules.size} numbered`);
  for (const path of documents) {
    const named = read(path).matchAll(
      /\b(?:SES|PRM|EXP|LCK|RVK|PRC|CHN|LEAK|WIR|VER|TST|SDK)-\d{3}\b/g,
    );
    for (const [rule] of named) expect(rules, path).toContain(rule);
  }
});

test("every attack and decision that the code names is written down", () => {
  const security = read("SECURITY.md");
  const attacks = new Set(security.match(/\bT\d{1,2}[a-c]?\b/g));
  const decisions = new Set(
    files("docs/adr/0*.md").map((path) => Number(path.slice(9, 13))),
  );
  for (const path of [...files("packages/*.ts"), ...files("apps/*.ts")]) {
    if (path.includes("/gen/")) continue;
    const text = read(path);
    for (const [, attack] of text.matchAll(/[( ](T\d{1,2}[a-c]?)[,;:)]/g)) {
      expect(attacks, path).toContain(attack);
    }
    for (const [, list = ""] of text.matchAll(/decisions? ([\d, ]+\d|\d)/g)) {
      for (const number of list.split(",")) {
        expect(decisions, path).toContain(Number(number));
      }
    }
  }
});

test("the list of decisions has every page under its title", () => {
  const index = read("docs/adr/README.md");
  for (const path of files("docs/adr/0*.md")) {
    const [, number, title] = /^# (\d+)\. (.*)$/m.exec(read(path)) ?? [];
    expect(Number(path.slice(9, 13))).toBe(Number(number));
    expect(index).toContain(`| ${number} | [${title}](${path.slice(9)}) |`);
  }
});

test("every command of assent that a document names exists, with its options", async () => {
  const help = await commandLine();
  const seen = new Set<string>();
  for (const path of documents) {
    const text = read(path);
    const lines = [...inlineCode(text), ...shellLines(text)];
    for (const line of lines) {
      const [, words] = /(?:^|\s)assent ([a-z-].*)$/.exec(line) ?? [];
      if (words === undefined || line.startsWith("git ")) continue;
      const problem = await check(words, help);
      expect(problem, `${path}: assent ${words}`).toBeUndefined();
      seen.add(words.split(" ")[0] ?? "");
    }
  }
  expect(seen.size).toBeGreaterThan(8);
});

test("the built command line prints that help", async () => {
  const help = await commandLine();
  const { stdout, status } = spawnSync(
    process.execPath,
    [join(cli, "main.js"), "--help"],
    { encoding: "utf8" },
  );
  expect(status).toBe(0);
  expect(stdout).toBe(await help([]));
});

type Help = (words: readonly string[]) => Promise<string>;

/** What `assent WORDS --help` prints; as the build has it. */
async function commandLine(): Promise<Help> {
  if (!existsSync(join(cli, "program.js"))) {
    throw new Error("The command line is not built: npm run build");
  }
  const { run } = await import(join(cli, "program.js"));
  const known = new Map<string, string>();
  return async (words) => {
    const key = words.join(" ");
    let text = known.get(key) ?? "";
    if (text === "") {
      const sink = {
        write: (chunk: string) => {
          text += chunk;
        },
      };
      await run({ stdout: sink, stderr: sink }, [...words, "--help"]);
      known.set(key, text);
    }
    return text;
  };
}

/** Undefined: the command exists, and so do the options it is given. */
async function check(line: string, help: Help): Promise<string | undefined> {
  const [words = ""] = line.split(/ [&|<>]| -- |$/);
  const path: string[] = [];
  // As deep as there are commands below commands.
  for (const word of words.split(" ")) {
    if (path.length === 0 && word.startsWith("--")) {
      return (await help([])).includes(word) ? undefined : "no such option";
    }
    const group = namesIn(await help(path));
    if (group.size === 0 || word === "") break;
    if (!group.has(word)) {
      return path.length === 0 ? "no such command" : "no such subcommand";
    }
    path.push(word);
  }
  const text = await help(path);
  const unknown = (words.match(/ (--[a-z-]+)/g) ?? []).find(
    (option) => !text.includes(`${option} `),
  );
  return unknown && `no such option:${unknown}`;
}

function namesIn(help: string): Set<string> {
  const [, list = ""] = help.split("\nCommands:\n");
  return new Set(
    [...list.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name ?? ""),
  );
}
