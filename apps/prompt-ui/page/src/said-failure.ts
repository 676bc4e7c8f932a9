// SPDX-License-Identifier: Apache-2.0

/** A failure whose message is a sentence for people, safe to show. */
export class SaidFailure extends Error {
  override readonly name = "SaidFailure";
}
