// SPDX-License-Identifier: Apache-2.0

const names = ["PATH", "NODE_COMPILE_CACHE"];

/** What an implementation has of our own environment: where programs are, and where Node keeps what it compiled. */
export function inherited(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
