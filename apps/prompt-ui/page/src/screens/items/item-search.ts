// SPDX-License-Identifier: Apache-2.0
import type { ItemOverview } from "@assent/protocol";

/** The items whose title, tags or addresses hold every word of `words`, in any case. */
export function searchItems(
  items: readonly ItemOverview[],
  words: string,
): readonly ItemOverview[] {
  const wanted = fold(words).split(/\s+/).filter(Boolean);
  return items.filter(({ title, tags, urls }) => {
    const text = fold([title, ...tags, ...urls].join("\n"));
    return wanted.every((word) => text.includes(word));
  });
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
