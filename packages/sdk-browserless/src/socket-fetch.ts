// SPDX-License-Identifier: Apache-2.0

/** A fetch that leads to one socket and nowhere else. */
export interface SocketFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Close what it keeps open. Calls after that fail. */
  close(): void;
}
