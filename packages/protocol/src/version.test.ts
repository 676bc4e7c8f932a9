// SPDX-License-Identifier: Apache-2.0
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  protocolVersion,
  servesVersion,
  supportedVersions,
  versionHeader,
} from "./version.ts";

for (const version of ["1.0", "1.1", "1.7", "1.9999"]) {
  test(`serves ${version}: every minor of its own major (VER-002)`, () => {
    assert.is(servesVersion(version), true);
  });
}

for (const version of ["0.9", "2.0", "10.0", "11.1"]) {
  test(`refuses ${version}: another major (VER-003)`, () => {
    assert.is(servesVersion(version), false);
  });
}

for (const version of [
  undefined,
  "",
  "1",
  "1.",
  ".0",
  "1.0.0",
  "01.0",
  "1.00",
  "1.10000",
  "v1.0",
  "1.0 ",
  " 1.0",
  "1.0\n",
  "-1.0",
  "1.-1",
  "1.0, 1.0",
  "1,0",
  "\u0661.0",
]) {
  test(`refuses ${JSON.stringify(version)}: no version is stated (VER-003)`, () => {
    assert.is(servesVersion(version), false);
  });
}

test("serves each version that it says it supports (VER-003)", () => {
  assert.ok(supportedVersions.length > 0);
  for (const version of supportedVersions) {
    assert.is(servesVersion(version), true);
  }
  assert.is(supportedVersions[0], protocolVersion);
});

test("the header is one that HTTP/2 accepts: lower case (VER-001)", () => {
  assert.match(versionHeader, /^[a-z][a-z-]*[a-z]$/);
});

test.run();
