// SPDX-License-Identifier: Apache-2.0
import type { ItemOverview, Vault } from "@assent/protocol";
import { useCallback, useEffect, useRef, useState } from "react";
import { needsSignIn, signOut } from "../../credential/signed-in.ts";
import { failureText } from "../../failure.ts";
import { listItems, listVaults } from "./item-calls.ts";

/** The vaults of an account, and the items of one of them. */
export interface VaultContents {
  /** Undefined: not told yet. */
  readonly vaults: readonly Vault[] | undefined;
  /** The vault that is chosen, or the first. */
  readonly vault: Vault | undefined;
  readonly items: readonly ItemOverview[] | undefined;
  readonly failure: string | undefined;
  /** After something was changed. */
  readonly lookAgain: () => Promise<void>;
}

/** Browse an account that is signed in; where that has ended, the page asks for the password again. */
export function useVault(
  accountId: string,
  vaultId: string | undefined,
): VaultContents {
  const [vaults, setVaults] = useState<readonly Vault[]>();
  const [items, setItems] = useState<{
    readonly of: string;
    readonly list: readonly ItemOverview[];
  }>();
  const [failure, setFailure] = useState<string>();
  const asked = useRef(0);
  const lookAgain = useCallback(async () => {
    asked.current += 1;
    const mine = asked.current;
    try {
      const found = await listVaults(accountId);
      const vault = choose(found, vaultId);
      const list =
        vault === undefined ? [] : await listItems(accountId, vault.id);
      if (mine !== asked.current) return;
      setVaults(found);
      setItems({ of: vault?.id ?? "", list });
      setFailure(undefined);
    } catch (error) {
      if (mine !== asked.current) return;
      if (needsSignIn(error)) signOut(accountId);
      else setFailure(failureText(error));
    }
  }, [accountId, vaultId]);
  useEffect(() => {
    void lookAgain();
    return () => {
      asked.current += 1;
    };
  }, [lookAgain]);
  const vault = vaults && choose(vaults, vaultId);
  return {
    vaults,
    vault,
    items: items?.of === (vault?.id ?? "") ? items.list : undefined,
    failure,
    lookAgain,
  };
}

function choose(
  vaults: readonly Vault[],
  vaultId: string | undefined,
): Vault | undefined {
  return vaults.find(({ id }) => id === vaultId) ?? vaults[0];
}
