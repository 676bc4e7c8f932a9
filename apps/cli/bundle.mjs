// SPDX-License-Identifier: Apache-2.0
// Puts the program into few files, dist/assent.js and those it loads: to find
// and read four hundred took most of the time of a short command. The broker
// and the page, which one command needs, stay packages of their own, and so
// does what has native parts.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { rolldown } from "rolldown";

const dist = join(import.meta.dirname, "dist");
const apart = /^(@assent\/(broker|prompt-ui)(\/|$)|koffi$|node:)/;

// What commands share, in few files: a command loads its own and those below it.
// The first that matches takes a module, and what that one needs.
const groups = [
  {
    name: "base",
    test: /node_modules.commander|wording.dist.safe|cli.dist.(terminal.|(exit|io|options|output|program)\.js)/,
    priority: 4,
  },
  {
    name: "schema",
    test: /node_modules.@bufbuild(?!.*(json|reflect|extensions))|protocol.dist(?!.*owner)/,
    priority: 3,
  },
  {
    name: "client",
    test: /packages.sdk-|cli.dist.(approved-secrets|credential|input-file|job.purpose|private-file)\.js/,
    priority: 2,
  },
  { name: "owner", minShareCount: 2 },
];

// An import of a module of Node reads all that it exports, and some of that
// makes Node load much more when it is read: all of undici for node:http. So
// what is used is asked for by name.
const quickBuiltins = {
  name: "quick-builtins",
  renderChunk: (code) =>
    code.replace(
      /^import (?:\* as )?([\w$]+|\{[^}]*\}) from "(node:[\w/]+)";$/gm,
      (_, names, id) =>
        `const ${names.replaceAll(" as ", ": ")} = process.getBuiltinModule("${id}");`,
    ),
};

for (const name of readdirSync(dist)) {
  if (name.startsWith("assent")) rmSync(join(dist, name));
}
const bundle = await rolldown({
  input: { assent: join(dist, "main.js") },
  platform: "node",
  plugins: [quickBuiltins],
  external: (id) => apart.test(id),
  onLog(level, log, report) {
    // Nothing that is odd goes unseen.
    report(level === "warn" ? "error" : level, log);
  },
});
const { output } = await bundle.write({
  dir: dist,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "assent-[name]-[hash].js",
  codeSplitting: { groups },
  minify: { compress: false, mangle: false, codegen: true },
  comments: { legal: true },
});
await bundle.close();
refuseUndeclared();

// Who wrote what is in there, and on which terms.
const notices = new Map();
for (const id of output.flatMap(({ moduleIds = [] }) => moduleIds)) {
  const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id) ?? [];
  if (folder === undefined) continue;
  const notice = notices.get(folder) ?? new Set([licenseOf(folder)]);
  const [head = ""] = /^(\/\/.*\n)+/.exec(readFileSync(id, "utf8")) ?? [];
  if (/copyright/i.test(head)) notice.add(head.replace(/^\/\/ ?/gm, "").trim());
  notices.set(folder, notice);
}
const texts = [...notices.values()].map((notice) => [...notice].join("\n\n"));
writeFileSync(
  join(dist, "assent-notices.txt"),
  `${texts.sort().join("\n\n---\n\n")}\n`,
);

/** What stays apart is what the package depends on: it is installed with it. */
function refuseUndeclared() {
  const { dependencies } = JSON.parse(
    readFileSync(join(import.meta.dirname, "package.json"), "utf8"),
  );
  const names = new Set(output.map(({ fileName }) => fileName));
  for (const name of output.flatMap(({ imports = [], dynamicImports = [] }) => [
    ...imports,
    ...dynamicImports,
  ])) {
    const [, of] = /^((?:@[^/]+\/)?[^/]+)/.exec(name) ?? [];
    if (isBuiltin(name) || names.has(name) || of in dependencies) continue;
    throw new Error(`the bundle needs ${name}, which package.json does not`);
  }
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const text =
    file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version}, ${license}\n\n${text}`.trim();
}
