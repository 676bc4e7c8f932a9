// SPDX-License-Identifier: Apache-2.0

/**
 * The form in which names are compared: NFKC, case folded, no blanks around
 * it. Two names that a person would type the same way have one form.
 * Idempotent. Ids are never folded.
 */
export function foldName(name: string): string {
  // Most names. Of these letters, upper case is all there is to it.
  if (printableAscii.test(name)) return name.trim().toUpperCase();
  return (
    name
      .normalize("NFKC")
      .trim()
      // Lower and then upper case makes one form of what folds together (ß and
      // SS, the two small sigmas). Only the dotless i would become another
      // letter by it.
      .split(dotlessI)
      .map((part) => part.toLowerCase().toUpperCase())
      .join(dotlessI)
      .normalize("NFKC")
  );
}

const printableAscii = /^[ -~]*$/;
const dotlessI = "\u0131";
