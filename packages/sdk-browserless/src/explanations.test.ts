// SPDX-License-Identifier: Apache-2.0
// Every failure that a broker can tell, with what its text says to do next.
import {
  ErrorDetailSchema,
  type Reason,
  ReasonSchema,
  ReferenceFailureSchema,
} from "@assent/protocol";
import { create, type DescEnum } from "@bufbuild/protobuf";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AssentError } from "./error.ts";
import { answeredError } from "./failure.ts";
import { referenceFailureError } from "./reference-failure.ts";

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  AUTHORIZATION_REQUIRED: ["authorization-required", "approve the prompt"],
  SESSION_EXPIRED: ["session-expired", "Call authorize()"],
  ACCOUNT_LOCKED: ["account-locked", "Call authorize()"],
  SESSION_REVOKED: ["session-revoked", "Call authorize()"],
  PROCESS_CHANGED: ["process-changed", "Call authorize()"],
  PROMPT_DENIED: ["prompt-denied", "Tell them what the secret is for"],
  PROMPT_TIMED_OUT: ["prompt-timed-out", "Call authorize()"],
  OUT_OF_SCOPE: ["out-of-scope", "Call authorize() with a scope"],
  TOO_MANY_PROMPTS: ["too-many-prompts", "Wait a minute"],
  PEER_UNIDENTIFIED: ["peer-unidentified", "Run it outside"],
  VERSION_UNSUPPORTED: ["version-unsupported", "Update the broker"],
  INTEGRATION_DISABLED: ["integration-disabled", "Turn it on"],
  CONFLICT: ["conflict", "Get it again"],
  NOT_FOUND: ["not-found", "Check the name"],
  INVALID: ["invalid", "Check what it was given"],
  LIMIT_EXCEEDED: ["limit-exceeded", "Ask for less"],
  STORAGE_FAILED: ["storage-failed", "Check the disk"],
  INTERNAL: ["internal", "Look into its log"],
};

const failures: Readonly<Record<string, readonly [string, string, string]>> = {
  PARSING: ["parsing", "invalid", "write it as assent://VAULT/ITEM/FIELD"],
  VAULT_NOT_FOUND: ["vault-not-found", "not-found", "check its name"],
  TOO_MANY_VAULTS: ["too-many-vaults", "reference-failed", "use the id"],
  ITEM_NOT_FOUND: ["item-not-found", "not-found", "check its name"],
  TOO_MANY_ITEMS: ["too-many-items", "reference-failed", "use the id"],
  FIELD_NOT_FOUND: ["field-not-found", "not-found", "check its name"],
  TOO_MANY_FIELDS: ["too-many-fields", "reference-failed", "name the section"],
  SECTION_NOT_FOUND: ["section-not-found", "not-found", "leave it out"],
  NOT_A_TOTP_FIELD: ["not-a-totp-field", "reference-failed", "name another"],
  TOTP_FAILED: ["totp-failed", "reference-failed", "store its seed again"],
  NOT_AN_SSH_KEY: ["not-an-ssh-key", "reference-failed", "name another"],
  SSH_FORMAT_FAILED: [
    "ssh-format-failed",
    "reference-failed",
    "leave ssh-format out",
  ],
  OUT_OF_SCOPE: ["out-of-scope", "out-of-scope", "call authorize()"],
  SSH_KEY_METADATA_NOT_FOUND: [
    "ssh-key-metadata-not-found",
    "reference-failed",
    "there are public key",
  ],
  SSH_KEY_PARSING: ["ssh-key-parsing", "reference-failed", "store it again"],
  UNSUPPORTED_FILE_FORMAT: [
    "unsupported-file-format",
    "reference-failed",
    "items.files",
  ],
  OTHER: ["other", "reference-failed", "look at the item"],
};

const namesOf = (schema: DescEnum) =>
  schema.values.filter(({ number }) => number !== 0);

test("each Reason has a code, and a text that says what to do next (SDK-005)", () => {
  const values = namesOf(ReasonSchema);
  assert.equal(
    values.map(({ localName }) => localName),
    Object.keys(reasons),
  );
  for (const { localName, number } of values) {
    const [code = "", next = ""] = reasons[localName] ?? [];
    const detail = create(ErrorDetailSchema, {
      reason: number as Reason,
    });
    const error = answeredError("permission_denied", detail);
    assert.is(error.code, code);
    assert.ok(error.message.includes(next), error.message);
  }
});

test("each ReferenceFailure has a name, a code, and a text that says what to do next (SDK-005)", () => {
  const values = namesOf(ReferenceFailureSchema);
  assert.equal(
    values.map(({ localName }) => localName),
    Object.keys(failures),
  );
  const reference = "assent://Dev/GitHub/token";
  for (const { localName, number } of values) {
    const [name = "", code = "", next = ""] = failures[localName] ?? [];
    const error = referenceFailureError(number, reference);
    assert.is(error.failure, name);
    assert.is(error.code, code);
    assert.ok(error.message.startsWith(`${reference}: `));
    assert.ok(error.message.includes(next), error.message);
  }
});

test("what the SDK finds by itself says what to do next as well (SDK-005)", () => {
  for (const [code, next] of [
    ["unsupported", "Update the broker"],
    ["not-approved", "Update the SDK"],
    ["reference-failed", "Look at the item"],
    ["unavailable", "Start it with `assent broker run`"],
    ["untrusted-endpoint", "Run `assent doctor`"],
    ["outcome-unknown", "Look whether it happened"],
    ["malformed-answer", "report it to its maker"],
    ["wrong-account", "make another client"],
    ["not-text", "resolveBytes()"],
    ["canceled", "Call again"],
    ["deadline-exceeded", "timeoutMs"],
    ["closed", "Create another one"],
  ] as const) {
    const { message } = new AssentError(code);
    assert.ok(message.includes(next), message);
  }
});

test.run();
