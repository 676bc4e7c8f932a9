// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import { expect, test } from "vitest";
import { describeJob } from "./purpose.ts";

test("says the path as found, what was opened there, and each argument apart", () => {
  expect(describeJob("/usr/bin/npm", "/usr/bin/npm", ["publish", "a b"])).toBe(
    "run /usr/bin/npm publish 'a b'",
  );
  expect(describeJob("/bin/sh", "/usr/bin/dash", ["-c", "echo 'x'", ""])).toBe(
    "run /bin/sh (/usr/bin/dash) -c 'echo '\\''x'\\''' ''",
  );
});

test("what is too long loses its middle, says how much, and is never longer than a prompt takes", () => {
  for (const sign of ["x", "\u{1f600}"]) {
    const text = describeJob("/bin/sh", "/bin/sh", [
      sign.repeat(5_000),
      "--last",
    ]);
    expect(text.length).toBeLessThanOrEqual(limits.purposeLength);
    expect(text).toMatch(/^run \/bin\/sh /);
    expect(text).toMatch(/--last$/);
    expect(text).toMatch(/\(4\d\d\d characters left out\)/);
    expect(text.isWellFormed()).toBe(true);
  }
});
