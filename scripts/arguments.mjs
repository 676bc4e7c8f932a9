// SPDX-License-Identifier: Apache-2.0
// How scripts for development take their options: all answer --help, and tell
// what is wrong in one line before they do anything.
import { parseArgs } from "node:util";

/**
 * The options of this process, as `parseArgs` has them. `read` makes what the
 * script wants of them, and throws an Error for what it does not take.
 */
export function readArguments(usage, options, read = (values) => values) {
  try {
    const { values } = parseArgs({
      options: {
        ...options,
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    return read(values);
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

/** A whole number of at least `least`. @throws Error */
export function wholeNumber(name, text, least) {
  const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${name} takes a whole number from ${least}, not ${text}`);
}
