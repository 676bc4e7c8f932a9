// SPDX-License-Identifier: Apache-2.0
// Writes docs/conformance/rules.md and catalogue.md from the catalogue. With
// --check it writes nothing and fails when they are not what they should be.
import { readFileSync, writeFileSync } from "node:fs";
import { loadCatalogue, packaged } from "./catalogue.ts";
import { cataloguePage, rulesPage } from "./pages.ts";
import { loadRequirements } from "./requirements.ts";

const catalogue = loadCatalogue();
const pages = {
  "rules.md": rulesPage(catalogue, loadRequirements("1.0")),
  "catalogue.md": cataloguePage(catalogue),
};
for (const [name, text] of Object.entries(pages)) {
  const file = packaged("..", "..", "docs", "conformance", name);
  if (!process.argv.includes("--check")) {
    writeFileSync(file, text);
  } else if (readFileSync(file, "utf8") !== text) {
    console.error(`${file} is not current: npm run conformance:pages`);
    process.exitCode = 1;
  }
}
