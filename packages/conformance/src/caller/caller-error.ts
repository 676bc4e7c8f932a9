// SPDX-License-Identifier: Apache-2.0

/** The caller could not do what it was told, or ended before. */
export class CallerError extends Error {
  override readonly name = "CallerError";
}
