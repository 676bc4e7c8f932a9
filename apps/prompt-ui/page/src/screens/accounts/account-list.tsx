// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import {
  accountText,
  lockedText,
  ofAccount,
  unlockedText,
} from "@assent/wording";
import { type ReactElement, useState } from "react";
import { lockAccount } from "../../accounts.ts";
import { CredentialForm } from "../../credential/credential-form.tsx";
import { keepFocus, type Teller } from "../../credential/told.tsx";
import { linkTo } from "../../route.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Button } from "../../ui/button.tsx";
import { Panel, Row } from "../../ui/panel.tsx";
import { SafeText } from "../../ui/safe-text.tsx";
import { unlockAccount } from "./account-calls.ts";
import { AccountState } from "./account-state.tsx";

/** The accounts by name, to be locked, unlocked and looked after. */
export function AccountList({
  accounts,
  teller,
}: {
  readonly accounts: readonly AccountRef[];
  readonly teller: Teller;
}): ReactElement {
  const [unlocking, setUnlocking] = useState<string>();
  return (
    <Panel>
      {accounts.map((account) => {
        const { id, name, locked, problem } = account;
        return (
          <div key={id} className="account">
            <Row
              lead={<Avatar id={id} name={name} />}
              aside={<AccountState account={account} />}
              actions={
                <>
                  {problem !== "" ? null : locked ? (
                    <Button
                      small
                      icon="unlock"
                      aria-label={ofAccount(accountText.unlock, name)}
                      aria-expanded={unlocking === id}
                      onClick={() =>
                        setUnlocking(unlocking === id ? undefined : id)
                      }
                    >
                      {accountText.unlock}
                    </Button>
                  ) : (
                    <Button
                      small
                      icon="lock"
                      aria-label={ofAccount(accountText.lock, name)}
                      onClick={() =>
                        void teller.attempt(
                          () => lockAccount(id),
                          lockedText(name),
                        )
                      }
                    >
                      {accountText.lock}
                    </Button>
                  )}
                  <a
                    className="button button-secondary button-small"
                    href={linkTo("accounts", id)}
                    aria-label={ofAccount(accountText.manage, name)}
                  >
                    {accountText.manage}
                  </a>
                </>
              }
            >
              <b className="account-name">
                <SafeText text={name} />
              </b>
              {problem !== "" && (
                <p className="account-problem">
                  <SafeText text={problem} />
                </p>
              )}
            </Row>
            {unlocking === id && locked && (
              <div className="panel-body">
                <CredentialForm
                  account={account}
                  submit={accountText.unlock}
                  icon="unlock"
                  autoFocus
                  run={async (credential) => {
                    await unlockAccount(credential);
                    setUnlocking(undefined);
                    teller.tell(unlockedText(name));
                    keepFocus();
                  }}
                  onCancel={() => setUnlocking(undefined)}
                />
              </div>
            )}
          </div>
        );
      })}
    </Panel>
  );
}
