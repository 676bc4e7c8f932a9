// SPDX-License-Identifier: Apache-2.0

/**
 * A value that takes the rest of its line, as of ListenStream: systemd
 * replaces specifiers in it and nothing else.
 *
 * @throws RangeError when the text cannot stand in a unit
 */
export function plain(text: string): string {
  if (/\p{Cc}/u.test(text) || /^\s|\s$|\\$/.test(text)) {
    throw new RangeError(
      "a path with control characters, or with spaces or a backslash at its end, cannot stand in a unit of systemd",
    );
  }
  return text.replaceAll("%", "%%");
}

/** One word of a command line: no specifier, variable or escape of it is replaced. */
export function quoted(text: string): string {
  const word = inQuotes(text).replaceAll("$", "$$$$");
  return /^[\w@%+=:,./-]+$/.test(text) ? word.slice(1, -1) : word;
}

/** A variable of the environment. */
export function assignment(name: string, value: string): string {
  return inQuotes(`${name}=${value}`);
}

function inQuotes(text: string): string {
  if (/\p{Cc}/u.test(text)) {
    throw new RangeError(
      "a path with control characters cannot stand in a unit of systemd",
    );
  }
  const escaped = text
    .replaceAll("%", "%%")
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"');
  return `"${escaped}"`;
}
