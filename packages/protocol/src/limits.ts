// SPDX-License-Identifier: Apache-2.0

/** Limits of the protocol: what a broker accepts, and no more. */
export interface Limits {
  /** Bytes of one message, before and after decompression (WIR-003). */
  readonly messageBytes: number;
  /** Bytes of one Authorize or Revoke, which may wait: before and after decompression. */
  readonly askBytes: number;
  /** Bytes of all headers of one request (WIR-006). */
  readonly headerBytes: number;
  /** Milliseconds until the first request, and each later body, is received (WIR-007). */
  readonly receiveMs: number;
  /** Connections of one process (WIR-011). */
  readonly connectionsPerProcess: number;
  /** Calls in flight of one process (WIR-011). */
  readonly callsPerProcess: number;
  /** Characters of all names or references of one scope: a prompt shows them all. */
  readonly scopeLength: number;
  /** Secret references in one call or scope. */
  readonly references: number;
  /** Characters of one secret reference. */
  readonly referenceLength: number;
  /** Vaults in one scope. */
  readonly scopeVaults: number;
  /** Items in one call. */
  readonly items: number;
  /** Bytes of one attached file. */
  readonly fileBytes: number;
  /** Files of one item. */
  readonly files: number;
  /** Bytes of a file in one answer of ReadFile. */
  readonly readFileBytes: number;
  /** Bytes of a file in one PutFile: larger ones are sent in parts. */
  readonly putFileBytes: number;
  /** Characters of an account name or id as asked for. */
  readonly accountLength: number;
  /** Bytes of a password or a recovery code. */
  readonly passwordBytes: number;
  /** Characters of Integration.name. */
  readonly integrationNameLength: number;
  /** Characters of Integration.version. */
  readonly integrationVersionLength: number;
  /** Characters of AuthorizeRequest.purpose. */
  readonly purposeLength: number;
  /** Characters of a vault name, item title, section title or field title. */
  readonly nameLength: number;
  /** Longest inactivity timeout, milliseconds (EXP-001, EXP-010). */
  readonly inactivityMs: number;
  /** Shortest inactivity timeout that can be asked for, milliseconds. */
  readonly inactivityMinMs: number;
  /** Overall timeout, milliseconds (EXP-013). */
  readonly overallMs: number;
  /** A prompt that nobody answers ends after this many milliseconds (SES-004). */
  readonly promptMs: number;
}

/** The limits of this version of the protocol. */
export const limits: Limits = {
  messageBytes: 4 * 1024 * 1024,
  askBytes: 256 * 1024,
  headerBytes: 16 * 1024,
  receiveMs: 30_000,
  connectionsPerProcess: 64,
  callsPerProcess: 256,
  scopeLength: 65_536,
  references: 1_000,
  referenceLength: 2_048,
  scopeVaults: 100,
  items: 1_000,
  fileBytes: 32 * 1024 * 1024,
  files: 100,
  readFileBytes: 1024 * 1024,
  putFileBytes: 3_000_000,
  accountLength: 128,
  passwordBytes: 1_024,
  integrationNameLength: 64,
  integrationVersionLength: 32,
  purposeLength: 200,
  nameLength: 256,
  inactivityMs: 600_000,
  inactivityMinMs: 1_000,
  overallMs: 12 * 60 * 60 * 1000,
  promptMs: 120_000,
};
