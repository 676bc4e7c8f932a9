// SPDX-License-Identifier: Apache-2.0

/** The two clocks of the broker, in whole milliseconds. */
export interface Clock {
  /**
   * Time since boot, suspended time included; nobody can set it (EXP-005,
   * EXP-006, EXP-007). Everything that ends is judged by it.
   * @throws when it cannot be read: the call is refused, never guessed.
   */
  bootMs(): number;
  /** Time of day, for people alone. */
  wallMs(): number;
}
