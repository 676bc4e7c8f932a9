// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { files, root } from "./documents.ts";

// What is in folders of examples/ is run by onepassword.test.ts and recipes.test.ts.
const examples = files(":(glob)examples/*.mjs");

test("there are examples", () => {
  expect(examples.length).toBeGreaterThan(2);
});

test.each(examples)(
  "%s says how to use it when it gets no argument",
  (path) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, path)],
      // Nowhere to ask: it must not get as far as that.
      {
        encoding: "utf8",
        env: { ASSENT_ENDPOINT: "/nonexistent/broker.sock" },
      },
    );
    const name = path.slice(path.lastIndexOf("/") + 1);
    expect(stderr).toMatch(new RegExp(`^usage: node ${name} `));
    expect(stdout).toBe("");
    expect(status).toBe(2);
  },
);
