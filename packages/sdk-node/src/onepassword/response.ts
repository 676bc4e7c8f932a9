// SPDX-License-Identifier: Apache-2.0

/** A text that says what went wrong. */
export type ErrorMessage = string;

/** What came of one of several: one of both is there. */
export interface Response<T, E> {
  content?: T;
  error?: E;
}
