// SPDX-License-Identifier: Apache-2.0

/**
 * The shortest list that still fails, as far as leaving things out finds it:
 * halves first, then quarters, down to single ones. `most` times at most.
 */
export async function shrink<T>(
  failing: readonly T[],
  stillFails: (candidate: readonly T[]) => Promise<boolean>,
  most = 200,
): Promise<readonly T[]> {
  let best = failing;
  let tried = 0;
  for (let size = Math.ceil(best.length / 2); size >= 1; ) {
    let found = false;
    for (let at = 0; at < best.length && tried < most; ) {
      const candidate = best.filter(
        (_, index) => index < at || index >= at + size,
      );
      tried += 1;
      if (candidate.length > 0 && (await stillFails(candidate))) {
        best = candidate;
        found = true;
      } else at += size;
    }
    if (tried >= most) break;
    if (size === 1 && !found) break;
    if (size > 1) size = Math.ceil(size / 2);
  }
  return best;
}
