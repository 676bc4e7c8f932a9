// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { read, root } from "./documents.ts";

const typedoc = join(root, "counterparts", "node_modules", ".bin", "typedoc");

test.runIf(existsSync(typedoc))(
  "docs/api says what the docstrings say; NOT RUN without: (cd counterparts && npm ci)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "assent-api-"));
    try {
      const { status, stderr } = spawnSync(
        process.execPath,
        [join(root, "scripts", "api-reference.mjs"), folder],
        { encoding: "utf8" },
      );
      expect(status, stderr).toBe(0);
      const pages = readdirSync(folder).toSorted();
      expect(readdirSync(join(root, "docs", "api")).toSorted()).toEqual(pages);
      for (const page of pages) {
        const now = readFileSync(join(folder, page), "utf8");
        expect(
          read(`docs/api/${page}`) === now,
          `docs/api/${page} is current; else: npm run api`,
        ).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test("the reference of each SDK has no name without a word about it", () => {
  for (const page of ["sdk-node", "sdk-browserless", "1password"]) {
    const [first = "", ...names] = read(`docs/api/${page}.md`).split(/^### /m);
    expect(first).toContain(`# ${page}`);
    expect(names.length).toBeGreaterThan(20);
    for (const text of names) {
      const words = text.replace(/^.*\n/, "").replace(/```.*?```/gs, "");
      const [lead = ""] = words.split(/^#### /m);
      expect(lead.replace(/\*\*\*/g, "").trim(), `${page}: ${text}`).not.toBe(
        "",
      );
    }
  }
});
