// SPDX-License-Identifier: Apache-2.0
// ARCHITECTURE.md says who may import whom. Here it is compared with what is
// enforced: biome.json within the broker, package.json between packages.
import { importTable, read } from "./documents.ts";

const architecture = read("ARCHITECTURE.md");

/** What stands between backticks. */
function codes(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");
}

interface Override {
  readonly includes: readonly string[];
  readonly linter: unknown;
}

/** Folders of the broker that biome keeps one folder from importing. */
function forbidden(folder: string): string[] {
  const { overrides } = JSON.parse(read("biome.json")) as {
    overrides: readonly Override[];
  };
  const own = overrides.find(({ includes }) =>
    includes.includes(`packages/broker/src/${folder}/**`),
  );
  expect(own, folder).toBeDefined();
  const groups = JSON.stringify(own?.linter);
  return [...groups.matchAll(/"\.\.\/([a-z]+)\/\*\*"/g)].map(
    ([, name]) => name ?? "",
  );
}

test("within the broker each folder knows what ARCHITECTURE.md says", () => {
  const rows = importTable(architecture, "packages/broker/src");
  const folders = rows.map(([folder = ""]) => codes(folder)[0]?.slice(0, -1));
  expect(folders.length).toBe(13);
  for (const [name = "", knows = ""] of rows) {
    const folder = codes(name)[0]?.slice(0, -1) ?? "";
    const said =
      knows === "all of them"
        ? folders.filter((other) => other !== folder)
        : codes(knows).map((code) => code.slice(0, -1));
    const no = forbidden(folder);
    const may = folders.filter(
      (other) => other !== folder && !no.includes(other ?? ""),
    );
    expect(said.toSorted(), folder).toEqual(may.toSorted());
  }
});

test("between packages each knows what ARCHITECTURE.md says", () => {
  const rows = importTable(architecture, "packages");
  expect(rows.length).toBe(8);
  for (const [name = "", knows = ""] of rows) {
    const [folder = ""] = codes(name);
    const isApp = folder === "cli" || folder === "prompt-ui";
    const home = isApp ? "apps" : "packages";
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      read(`${home}/${folder}/package.json`),
    );
    // What is bundled is not installed with it.
    const ours = Object.keys({ ...dependencies, ...devDependencies })
      .filter((one) => one.startsWith("@assent/"))
      .map((one) => one.slice("@assent/".length));
    expect(codes(knows).toSorted(), folder).toEqual(ours.toSorted());
  }
});
