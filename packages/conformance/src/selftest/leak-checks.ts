// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from "node:zlib";
import { createCanaryScanner } from "../canary/canary.ts";
import { that } from "../case/check.ts";
import { Failure } from "../case/verdict.ts";
import { describeSdk, runSdkCase } from "../sdk/run-sdk-case.ts";
import type { SdkUnderTest } from "../sdk/sdk-world.ts";
import type { Check } from "./run-checks.ts";
import { withScriptedWorld } from "./scripted-world.ts";

/** A driver of an SDK that prints whatever it is to store. */
const leakingDriver = `
  const reply = (id, result) => console.log(JSON.stringify({ id, ...result }));
  require("node:readline").createInterface(process.stdin).on("line", (line) => {
    const { id, hello, write } = JSON.parse(line);
    if (hello) return reply(id, { hello: { sdk: "scripted", features: ["DRIVER_FEATURE_WRITE"] } });
    if (write) console.error(write.value);
    reply(id, { ok: {} });
  });`;

const value = "canary-value-of-no-account";

/** Whether the suite sees a secret where none belongs. */
export const leakChecks: Readonly<Record<string, Check>> = {
  async "canaries-are-looked-for"() {
    await withScriptedWorld(async ({ world, prints }) => {
      world.finish();
      prints(world.item("i1").value);
      try {
        world.finish();
      } catch (error) {
        if (error instanceof Failure) return;
        throw error;
      }
      throw new Failure("a broker that prints a secret", "to fail", "passed");
    });
    const sdk: SdkUnderTest = {
      command: [process.execPath, "-e", leakingDriver],
      framing: "json",
      timeoutMs: undefined,
    };
    const { outcome } = await runSdkCase(
      "sdk/leaks",
      {
        async run(world) {
          await (await world.client()).write();
        },
      },
      { ...sdk, described: await describeSdk(sdk) },
    );
    that(
      "an SDK that prints a secret fails",
      outcome.verdict === "fail" && outcome.expected === "no secret",
      outcome.verdict,
    );
  },
  async "canaries-in-every-writing"() {
    const { scan } = createCanaryScanner([{ name: "it", value }]);
    const bytes = Buffer.from(value);
    const writings: Record<string, Buffer> = {
      "as it is": bytes,
      "in hex": Buffer.from(bytes.toString("hex")),
      "in UTF-16": Buffer.from(value, "utf16le"),
      "in gzip": gzipSync(bytes),
    };
    for (const before of ["", "x", "xx"]) {
      const text = Buffer.from(`${before}${value}`).toString("base64");
      writings[`in base64 after ${before.length} bytes`] = Buffer.from(text);
    }
    for (const [how, written] of Object.entries(writings)) {
      that(`it is found ${how}`, scan(written).length > 0);
    }
    that("nothing is found in nothing", scan(Buffer.alloc(99)).length === 0);
  },
};
