// SPDX-License-Identifier: Apache-2.0
import { AccountService, Policy, policy } from "@assent/protocol/owner";
import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { credentialRequired } from "./page-over.ts";

/** What one page has authenticated for. */
export interface PageAccess {
  /** @throws ConnectError when this page may not make the call */
  judge(method: DescMethod, request: object): void;
  /** The broker did as it was asked. */
  done(method: DescMethod, request: object): void;
  /** The page is over. */
  close(): void;
}

/** Milliseconds without a call that needs it after which authentication ends, as at the broker. */
export const pageAccessIdleMs = 600_000;

/**
 * Keeps apart pages that share one connection: to the broker they are one
 * surface, and what one of them authenticated for the others would inherit
 * (decisions 3). Which methods that concerns the schema states. Accounts are
 * named by id: a name can pass to another account.
 */
export function createPageAccesses(now: () => number): () => PageAccess {
  const pages = new Set<Map<string, number>>();
  const lock = (accountId: string) => {
    for (const uses of pages) {
      if (accountId === "") uses.clear();
      else uses.delete(accountId);
    }
  };
  return () => {
    /** Account ids, and when each was last used. */
    const uses = new Map<string, number>();
    pages.add(uses);
    return {
      judge(method, request) {
        const stated = hasOption(method, policy)
          ? getOption(method, policy)
          : Policy.UNSPECIFIED;
        if (stated === Policy.UNSPECIFIED) throw credentialRequired();
        if (stated !== Policy.AUTHENTICATED) return;
        const { account = "", credential } = request as Named;
        if (credential !== undefined) return;
        const last = uses.get(account);
        if (last === undefined || now() - last >= pageAccessIdleMs) {
          uses.delete(account);
          throw credentialRequired();
        }
        uses.set(account, now());
      },
      done(method, request) {
        const { account = "", credential } = request as Named;
        if (method === AccountService.method.authenticate && credential) {
          uses.set(credential.account, now());
        }
        if (method === AccountService.method.lockAccount) lock(account);
      },
      close: () => void pages.delete(uses),
    };
  };
}

interface Named {
  readonly account?: string;
  readonly credential?: { readonly account: string };
}
