// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { packaged } from "../catalogue/catalogue.ts";
import { run } from "../cli/program.ts";

test("a control service that does not do what every case begins with: exit code 3 and one line", async () => {
  let out = "";
  let err = "";
  const code = await run(
    {
      stdout: { write: (text: string) => (out += text) },
      stderr: { write: (text: string) => (err += text) },
    },
    [
      ...["broker", "--run", "session/deny", "lock/all", "--"],
      ...["node", packaged("test", "broken-control.mjs")],
    ],
  );
  expect(err).toMatch(
    /^assent-conformance: the control service does not do what every case begins with: Reset: unimplemented .*\(in [a-z]+\/[a-z]+\)\n$/,
  );
  expect([code, out]).toEqual([3, ""]);
});
