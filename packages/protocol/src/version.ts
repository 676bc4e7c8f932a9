// SPDX-License-Identifier: Apache-2.0

/** The protocol version this package was generated from: `major.minor`. */
export const protocolVersion: string = "1.0";

/** Versions a broker of this package serves, newest first (VER-003). */
export const supportedVersions: readonly string[] = [protocolVersion];

/** Header on every request and every answer (VER-001, VER-003). */
export const versionHeader: string = "assent-protocol-version";

/**
 * Whether a caller that states `version` may be served: well-formed, and of
 * our major (VER-002, VER-003). Undefined, or stated twice, is not.
 */
export function servesVersion(version: string | undefined): boolean {
  const match = /^(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})$/.exec(version ?? "");
  return match?.[1] === protocolVersion.split(".")[0];
}
