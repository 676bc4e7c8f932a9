// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import { browseSignInText, itemText, signInText } from "@assent/wording";
import { type ReactElement, useEffect, useRef } from "react";
import { useFreshAccounts } from "../../credential/fresh.ts";
import { SignIn } from "../../credential/sign-in.tsx";
import { useSignedIn } from "../../credential/signed-in.ts";
import { linkTo, useRoute } from "../../route.ts";
import { Empty } from "../../ui/empty.tsx";
import { Panel, ScreenFrame } from "../../ui/panel.tsx";
import { AccountChoice } from "./account-choice.tsx";
import { Vaults } from "./vaults.tsx";
import "./items.css";

/** Vaults and items. The address names them by id: `#/items/ACCOUNT/VAULT/ITEM`. */
export default function ItemsScreen(): ReactElement {
  const accounts = useFreshAccounts();
  const {
    rest: [accountId, ...rest],
  } = useRoute();
  const account = accounts?.find(({ id }) => id === accountId) ?? accounts?.[0];
  if (accounts === undefined) {
    return (
      <ScreenFrame title={itemText.title} lead={itemText.lead}>
        <p role="status">{itemText.loading}</p>
      </ScreenFrame>
    );
  }
  if (account === undefined) {
    return (
      <ScreenFrame title={itemText.title} lead={itemText.lead}>
        <Panel>
          <Empty icon="accounts" title={signInText.noAccount}>
            <p>
              <a href={linkTo("accounts")}>{signInText.createAccount}</a>
            </p>
          </Empty>
        </Panel>
      </ScreenFrame>
    );
  }
  return (
    <Opened
      key={account.id}
      account={account}
      accounts={accounts}
      path={accountId === account.id ? rest : []}
    />
  );
}

function Opened({
  account,
  accounts,
  path,
}: {
  readonly account: AccountRef;
  readonly accounts: readonly AccountRef[];
  readonly path: readonly string[];
}): ReactElement {
  const isSignedIn = useSignedIn(account.id);
  const isOpen = isSignedIn && !account.locked;
  const wasOpen = useRef(false);
  useEffect(() => {
    if (isOpen) wasOpen.current = true;
  }, [isOpen]);
  if (isOpen)
    return <Vaults account={account} accounts={accounts} path={path} />;
  return (
    <ScreenFrame
      title={itemText.title}
      lead={itemText.lead}
      actions={<AccountChoice account={account} accounts={accounts} />}
    >
      <SignIn
        account={account}
        text={browseSignInText(account.name, account.locked)}
        unlock={account.locked}
        wasSignedIn={wasOpen.current}
      />
    </ScreenFrame>
  );
}
