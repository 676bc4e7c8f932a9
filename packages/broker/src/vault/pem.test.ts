// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import { encodePem } from "./pem.ts";

it("writes base64 in lines of 70 characters, as RFC 7468 frames it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const base64 = Buffer.from(bytes).toString("base64");
      const lines = base64.match(/.{1,70}/g) ?? [];
      expect(Buffer.from(encodePem("A B", bytes)).toString()).toBe(
        ["-----BEGIN A B-----", ...lines, "-----END A B-----", ""].join("\n"),
      );
    }),
  );
});
