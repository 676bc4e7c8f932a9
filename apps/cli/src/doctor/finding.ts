// SPDX-License-Identifier: Apache-2.0

/** What was looked at, and how it is. */
export interface Finding {
  readonly about: string;
  readonly state: "ok" | "warning" | "problem";
  /** One line; may hold names of files, and has to be made safe to show. */
  readonly text: string;
  /** What to do. */
  readonly hint?: string | undefined;
}

/** All is well. */
export function ok(about: string, text: string): Finding {
  return { about, state: "ok", text };
}

/** It works, but worse than it could. */
export function warning(about: string, text: string, hint?: string): Finding {
  return { about, state: "warning", text, hint };
}

/** It does not work, or is not safe. */
export function problem(about: string, text: string, hint?: string): Finding {
  return { about, state: "problem", text, hint };
}
