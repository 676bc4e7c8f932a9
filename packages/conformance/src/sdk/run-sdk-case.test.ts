// SPDX-License-Identifier: Apache-2.0
import { DriverFeature } from "@assent/protocol/conformance";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../run/run-cases.ts";
import { gives } from "./expectation.ts";
import { describeSdk, runSdkCase } from "./run-sdk-case.ts";
import type { SdkCase } from "./sdk-case.ts";
import type { SdkUnderTest } from "./sdk-world.ts";

/** A driver that answers each request as `answers`, a program text, says. */
function driver(
  answers: string,
  features: readonly string[] = [],
): SdkUnderTest {
  const program = `
    const features = ${JSON.stringify(features)};
    const { request } = require("node:http");
    let endpoint;
    const reply = (id, result) => console.log(JSON.stringify({ id, ...result }));
    require("node:readline").createInterface(process.stdin).on("line", (line) => {
      const { id, ...op } = JSON.parse(line);
      const [[name, value]] = Object.entries(op);
      if (name === "hello") return reply(id, { hello: { sdk: "test", features } });
      if (name === "open") { endpoint = value.endpoint; return reply(id, { ok: {} }); }
      ${answers}
    });`;
  const command = [process.execPath, "-e", program] as const;
  return { command, framing: "json", timeoutMs: 60_000 };
}

async function outcomeOf(sdk: SdkUnderTest, one: SdkCase): Promise<Outcome> {
  const described = await describeSdk(sdk);
  const { outcome } = await runSdkCase("sdk/x", one, { ...sdk, described });
  return outcome;
}

const reads: SdkCase = {
  async run(world) {
    gives("read", await (await world.client()).read(), world.secret);
  },
};
const asks: SdkCase = {
  async run(world) {
    await (await world.client()).read();
  },
};

describe("a case of an SDK", () => {
  it("fails by what came instead of a value, without showing one", async () => {
    const sdk = driver(`reply(id, { read: { value: "wrong" } });`);
    expect(await outcomeOf(sdk, reads)).toEqual({
      verdict: "fail",
      assertion: "read",
      expected: "the value",
      got: "another value",
    });
  });

  it("fails when the program ends", async () => {
    const outcome = await outcomeOf(driver("process.exit(3);"), asks);
    expect(outcome).toMatchObject({
      verdict: "fail",
      assertion: "the program",
    });
  });

  it("is not run when the driver cannot do it", async () => {
    const sdk = driver(`reply(id, { unsupported: "not today" });`);
    const why = "the driver: not today";
    expect(await outcomeOf(sdk, asks)).toEqual({ verdict: "not-run", why });
  });

  it("does not apply without a feature that is absent", async () => {
    const sdk = driver(`reply(id, { unsupported: "no" });`);
    const needs = { features: [DriverFeature.WRITE] };
    const outcome = await outcomeOf(sdk, { ...asks, needs });
    expect(outcome.verdict).toBe("not-applicable");
  });

  it("fails when a feature is there that is not declared", async () => {
    const sdk = driver("reply(id, { ok: {} });");
    const needs = { features: [DriverFeature.WRITE] };
    const outcome = await outcomeOf(sdk, { ...asks, needs });
    expect(outcome).toMatchObject({ assertion: "feature WRITE" });
  });

  it("is an error of nobody's SDK when the driver writes something else", async () => {
    const outcome = await outcomeOf(driver(`console.log("hi");`), asks);
    expect(outcome.verdict).toBe("error");
  });

  for (const [where, answers] of [
    ["on standard error", `console.error(SECRET); reply(id, { ok: {} });`],
    [
      "in an error, in base64",
      `reply(id, { error: { renderings: [Buffer.from(SECRET).toString("base64")] } });`,
    ],
    [
      "in a file of its home",
      `require("node:fs").writeFileSync(process.env.HOME + "/f", SECRET); reply(id, { ok: {} });`,
    ],
  ] as const) {
    it(`fails when a secret is ${where}`, async () => {
      const sdk = driver(answers.replace("SECRET", "value.value"), [
        "DRIVER_FEATURE_WRITE",
      ]);
      const outcome = await outcomeOf(sdk, {
        async run(world) {
          await (await world.client()).write();
        },
      });
      expect(outcome).toMatchObject({ verdict: "fail", expected: "no secret" });
    });
  }

  for (const [what, path, headers] of [
    [
      "no version",
      "/assent.v1.BrokerService/Request",
      "{ 'content-type': 'application/json' }",
    ],
    ["another path", "/other", "{}"],
  ] as const) {
    it(`fails when a call has ${what}`, async () => {
      const sdk = driver(`
        const sent = request({ socketPath: endpoint, path: "${path}", method: "POST", headers: ${headers} });
        sent.on("error", () => reply(id, { error: { kind: 7, nativeType: "x" } }));
        sent.end("{}");`);
      const outcome = await outcomeOf(sdk, asks);
      expect(outcome).toMatchObject({ assertion: "broker.unexpected" });
    });
  }
});
