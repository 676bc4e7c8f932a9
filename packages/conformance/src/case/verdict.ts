// SPDX-License-Identifier: Apache-2.0

/** What was expected did not come. Values of canaries are never in it. */
export class Failure extends Error {
  override readonly name = "Failure";
  /** What was looked at. */
  readonly assertion: string;
  readonly expected: string;
  readonly got: string;

  constructor(assertion: string, expected: string, got: string) {
    super(`${assertion}: expected ${expected}, got ${got}`);
    this.assertion = assertion;
    this.expected = expected;
    this.got = got;
  }
}

/** The case cannot be run here: something it needs is missing, and what brings it. */
export class NotRun extends Error {
  override readonly name = "NotRun";
}

/** The rule does not bind this implementation: an optional part that it does not have. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}
