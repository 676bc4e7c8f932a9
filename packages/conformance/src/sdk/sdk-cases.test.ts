// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { HelloResult } from "@assent/protocol/conformance";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { sdkCases } from "../sdk-cases/index.ts";
import { describeSdk, runSdkCase } from "./run-sdk-case.ts";
import type { SdkUnderTest } from "./sdk-world.ts";

const file = (path: string) =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

const http1 = [
  "sdk/write-goaway-above",
  "sdk/write-rst-refused",
  "sdk/goaway-graceful",
];
const ownChannel = [
  "sdk/verify-endpoint-owner",
  "sdk/verify-endpoint-mode",
  "sdk/verify-endpoint-symlink",
  "sdk/verify-before-write-item",
  "sdk/no-fallback",
  "sdk/env-endpoint",
  "sdk/fd-cloexec",
];
const noLog = "sdk/redact-debug-log";

interface Subject extends SdkUnderTest {
  /** Cases that do not bind it. */
  readonly notApplicable: readonly string[];
}

const subjects: Readonly<Record<string, Subject>> = {
  "the SDK for Node": {
    command: [process.execPath, file("../sdk-node/conformance/driver.ts")],
    framing: "proto",
    timeoutMs: 60_000,
    notApplicable: [noLog, "sdk/fork-child"],
  },
  "the core on a fetch": {
    command: [
      process.execPath,
      file("../sdk-browserless/conformance/driver.ts"),
      "--framing=json",
    ],
    framing: "json",
    timeoutMs: 60_000,
    notApplicable: [...http1, ...ownChannel, noLog, "sdk/fork-child"],
  },
  "the example in Python": {
    command: ["/usr/bin/python3", file("examples/driver-python/driver.py")],
    framing: "json",
    timeoutMs: 60_000,
    notApplicable: [...http1, noLog],
  },
};

it("has every case of the catalogue", () => {
  const catalogue: readonly { id: string }[] = parse(
    readFileSync(file("catalogue/sdk-cases.yaml"), "utf8"),
  );
  const named = catalogue.map(({ id }) => id).toSorted();
  expect([...sdkCases.keys()].toSorted()).toEqual(named);
  expect(named).toHaveLength(64);
});

for (const [name, { notApplicable, ...sdk }] of Object.entries(subjects)) {
  describe.concurrent(name, () => {
    let described: HelloResult;
    beforeAll(async () => {
      described = await describeSdk(sdk);
    });
    for (const [id, one] of sdkCases) {
      it(`keeps ${id}`, async ({ expect, skip }) => {
        const { outcome } = await runSdkCase(id, one, { ...sdk, described });
        if (outcome.verdict === "not-run") {
          console.warn(`NOT RUN ${id}: it needs ${outcome.why}`);
          skip();
        }
        const verdict = notApplicable.includes(id) ? "not-applicable" : "pass";
        expect(outcome).toMatchObject({ verdict });
      });
    }
  });
}
