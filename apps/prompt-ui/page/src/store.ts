// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from "react";

/** A value that changes, and those who want to know. */
export interface Store<T> {
  readonly get: () => T;
  readonly set: (next: T) => void;
  readonly subscribe: (changed: () => void) => () => void;
}

/** A store that begins with `value`. Setting what it already holds tells nobody. */
export function createStore<T>(value: T): Store<T> {
  let present = value;
  const listeners = new Set<() => void>();
  return {
    get: () => present,
    set: (next) => {
      if (Object.is(next, present)) return;
      present = next;
      for (const listener of listeners) listener();
    },
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}

/** What a store holds, and again at each change. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
