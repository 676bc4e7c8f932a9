// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import { Fault } from "@assent/protocol/conformance";
import type { Broker } from "../src/broker.ts";
import type { PeerBinding } from "../src/peer/binding.ts";
import { SystemCallError } from "../src/peer/system-error.ts";
import type { AccountStore } from "../src/vault/store.ts";

/** What shall fail, and how often. */
export interface Faults {
  inject(fault: Fault, times: number): void;
  /** Nothing fails any more. */
  clear(): void;
  /** The system calls of a broker, which fail as told. */
  binding(real: PeerBinding): PeerBinding;
  /** Has the parts of a broker fail as told. */
  within(broker: Broker): void;
}

/** None yet. */
export function createFaults(): Faults {
  const left = new Map<Fault, number>();
  /** Whether it shall fail now; that is one time less then. */
  const takes = (fault: Fault) => {
    const times = left.get(fault) ?? 0;
    if (times > 0) left.set(fault, times - 1);
    return times > 0;
  };
  return {
    inject: (fault, times) => left.set(fault, Math.max(times, 1)),
    clear: () => left.clear(),
    binding: (real) => ({
      ...real,
      readLink(directory, name) {
        if (name === "exe" && takes(Fault.IDENTITY_LOOKUP_FAILS)) {
          throw new SystemCallError("readlinkat", constants.errno.EACCES);
        }
        return real.readLink(directory, name);
      },
    }),
    within({ parts: { accounts, sessions } }) {
      const store = accounts.store.bind(accounts);
      const touch = sessions.touch.bind(sessions);
      Object.assign(accounts, {
        store(accountId: string) {
          const real = store(accountId);
          if (real === undefined || !takes(Fault.VAULT_ERROR)) return real;
          return unreadable(real);
        },
      });
      // Nothing but a Request calls it.
      sessions.touch = (...touched) => {
        if (takes(Fault.HANDLER_PANIC)) {
          throw new TypeError(`nobody foresaw it: ${accounts.list()[0]?.name}`);
        }
        touch(...touched);
      };
    },
  };
}

/** A store that breaks while it reads, with the worst message there could be: what it had read. */
function unreadable(store: AccountStore): AccountStore {
  const read = (itemId: string): never => {
    using open = store.read(itemId);
    const [field] = open.item.fields;
    throw new Error(`cannot go on after ${Buffer.from(field?.value ?? [])}`);
  };
  return new Proxy(store, {
    get: (real, name) =>
      name === "read" ? read : Reflect.get(real, name, real),
  });
}
