// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { pageKeyHeader } from "./contract.ts";

it("names a header that a form cannot set, so that every call of a page asks first", () => {
  expect(pageKeyHeader).toMatch(/^x-[a-z-]+$/);
});
