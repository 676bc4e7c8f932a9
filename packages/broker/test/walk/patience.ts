// SPDX-License-Identifier: Apache-2.0

/** A guard, not a wait: what does not come at all is a failure and not a hang. */
const guardMs = 10_000;

/** What must come soon, or the name of what did not. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  let stop = () => {};
  const guard = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${what} never came`)),
      guardMs,
    );
    stop = () => clearTimeout(timer);
  });
  return Promise.race([promise, guard]).finally(() => stop());
}

/** Wait for what the broker finds out by itself. */
export async function until(
  holds: () => boolean,
  what: string | (() => string),
): Promise<void> {
  const since = performance.now();
  while (!holds()) {
    if (performance.now() - since > guardMs) {
      throw new Error(
        `waited in vain for ${typeof what === "string" ? what : what()}`,
      );
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
