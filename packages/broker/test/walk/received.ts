// SPDX-License-Identifier: Apache-2.0

/** What an answer gave, in the oracle's words: values, names, failures. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of any result.
export function readings(result: any): string[] {
  if (result.vaults !== undefined) {
    return (result.vaults.vaults ?? [])
      .map((vault: { name: string }) => vault.name)
      .sort();
  }
  const outcomes =
    result.resolvedSecrets?.secrets ?? result.itemOutcomes?.outcomes;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of one outcome.
  return outcomes.map((one: any) => {
    if (one.item !== undefined) return "item";
    if (one.value !== undefined)
      return Buffer.from(one.value, "base64").toString();
    return String(one.failure).replace(/^(REFERENCE|ITEM)_FAILURE_/, "");
  });
}

/** Planted values in what was received, as they are or as base64 or hexadecimal has them. */
export function canariesIn(received: string): Set<string> {
  const found = new Set<string>();
  const planted = /canary-\d{5}-x{20}/g;
  const look = (text: string) => {
    for (const [canary] of text.matchAll(planted)) found.add(canary);
  };
  look(received);
  for (const [run] of received.matchAll(/[A-Za-z0-9+/_-]{16,}/g)) {
    for (const shift of [0, 1, 2, 3])
      look(Buffer.from(run.slice(shift), "base64").toString("latin1"));
    for (const shift of [0, 1])
      look(Buffer.from(run.slice(shift), "hex").toString("latin1"));
  }
  return found;
}
