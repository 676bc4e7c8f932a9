// SPDX-License-Identifier: Apache-2.0

/** Zero every byte string in a message, however deep: passwords and values do not outlive their call. */
export function zeroBytes(message: object): void {
  for (const value of Object.values(message)) {
    if (value instanceof Uint8Array) value.fill(0);
    else if (typeof value === "object" && value !== null) zeroBytes(value);
  }
}
