// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { exitCodes } from "../src/exit.ts";
import { endProcesses } from "./daemon.ts";
import { type Household, startHousehold } from "./household.ts";

const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const kinds = [
  { algorithm: "SHA1", digits: 6 },
  { algorithm: "SHA256", digits: 8 },
  { algorithm: "SHA512", digits: 8 },
];
const titleOf = (kind: (typeof kinds)[number]) =>
  `${kind.algorithm}-${kind.digits}`;

// Each command derives a key, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let household: Household;

beforeAll(async () => {
  household = await startHousehold();
  for (const { algorithm, digits } of kinds) {
    await household.store("Dev", `${algorithm}-${digits}`, {
      otp: `otpauth://totp/x?secret=${seed}&algorithm=${algorithm}&digits=${digits}`,
    });
  }
  await household.store("Dev", "two", {
    otp: seed,
    "other otp": seed,
    pin: "1",
  });
  await household.store("Dev", "none", { pin: "1" });
  await household.store("Dev", "steam", {
    otp: `otpauth://totp/x?secret=${seed}&encoder=steam`,
  });
  await household.store("Dev", "counter", {
    otp: `otpauth://hotp/x?secret=${seed}&counter=1`,
  });
});
afterAll(async () => {
  await household?.[Symbol.asyncDispose]();
  endProcesses();
});

const hasTool = spawnSync("oathtool", ["--version"]).status === 0;
if (!hasTool) {
  process.stderr.write(
    "NOT RUN: one-time codes compared with those of oathtool\n  it needs oathtool: apt-get install oathtool\n",
  );
}

function expected({ algorithm, digits }: (typeof kinds)[number]): string {
  const { stdout } = spawnSync(
    "oathtool",
    [`--totp=${algorithm}`, "-b", "-d", String(digits), seed],
    { encoding: "utf8" },
  );
  return stdout;
}

test.skipIf(!hasTool)(
  "codes are those of oathtool, by item and by reference",
  async () => {
    for (const kind of kinds) {
      // A code may end between the two: then the one after is the right one.
      const before = expected(kind);
      const place = `assent://Dev/${titleOf(kind)}/otp`;
      const { out } = await household.asOwner(["item", "otp", place]);
      expect([before, expected(kind)]).toContain(out);
      expect(out).toMatch(new RegExp(`^\\d{${kind.digits}}\n$`));
    }
    const before = expected({ algorithm: "SHA1", digits: 6 });
    const words = ["item", "otp", "Dev", "SHA1-6"];
    const { out } = await household.asOwner(words);
    expect([before, expected({ algorithm: "SHA1", digits: 6 })]).toContain(out);
  },
);

test("of several the one that is named", async () => {
  const code = ["item", "otp", "Dev", "two"];
  const { code: exit, err } = await household.asOwner(code);
  expect(exit).toBe(exitCodes.notFound);
  expect(err).toContain("has 2 one-time passwords");
  const named = await household.asOwner([...code, "--field", "other otp"]);
  expect(named.out).toMatch(/^\d{6}\n$/);
});

test("what gives no code is told, and why; Steam's is not guessed", async () => {
  for (const [words, exit, text] of [
    [["Dev", "none"], exitCodes.notFound, "has no one-time password"],
    [["Dev", "nowhere"], exitCodes.notFound, "There is no item"],
    [["Dev", "two", "--field", "pin"], exitCodes.notFound, "There is no code"],
    [["assent://Dev/none/pin"], exitCodes.notFound, "There is no code"],
    [["Dev"], exitCodes.usage, "Name a vault and an item"],
    [["Dev", "steam"], exitCodes.failed, "Steam's are not"],
    [["Dev", "counter"], exitCodes.failed, "counters are not"],
  ] as const) {
    const ended = await household.asOwner(["item", "otp", ...words]);
    expect(ended).toMatchObject({ code: exit, out: "" });
    expect(ended.err).toContain(text);
    expect(ended.err).not.toContain(seed);
  }
});
