// SPDX-License-Identifier: Apache-2.0
import { createStore, type Store, useStore } from "../../store.ts";

/** How far somebody who made the first account on this page has come. */
export type Newcomer =
  /** Not new, as far as the page knows. */
  | "settled"
  /** The account is made; its recovery code was neither kept nor put off. */
  | "owes-recovery"
  /** The steps after that. */
  | "on-the-way";

/** Whether the first steps are shown, though there is an account. */
export const newcomer: Store<Newcomer> = createStore<Newcomer>("settled");

/** How far they have come. */
export function useNewcomer(): Newcomer {
  return useStore(newcomer);
}
