// SPDX-License-Identifier: Apache-2.0
import type { AccountStore } from "./store.ts";

/** A store that is open, and how it ends. */
export interface SuiteStore {
  readonly store: AccountStore;
  /** As the broker locks an account: every method then throws "locked". */
  readonly lock: () => void;
  /** Lock it, and give up what it is kept in. */
  readonly close: () => void;
}

/** One empty account of the kind of store that is judged. */
export interface SuiteAccount {
  /** Open it, again after it was closed. `now`: the time of day, milliseconds. */
  readonly open: (now?: () => number) => SuiteStore;
}

/** What a store must do: each fact, and what fails where it is not so. */
export type Facts = Readonly<Record<string, (account: SuiteAccount) => void>>;
