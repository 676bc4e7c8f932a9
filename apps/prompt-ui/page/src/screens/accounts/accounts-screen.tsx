// SPDX-License-Identifier: Apache-2.0
import { accountText, createdText } from "@assent/wording";
import { type ReactElement, useEffect, useState } from "react";
import { useFreshAccounts } from "../../credential/fresh.ts";
import { ToldLine, useTold } from "../../credential/told.tsx";
import { linkTo, useRoute } from "../../route.ts";
import { Button } from "../../ui/button.tsx";
import { Panel, ScreenFrame } from "../../ui/panel.tsx";
import { AccountDetail } from "./account-detail.tsx";
import { AccountList } from "./account-list.tsx";
import { CreateAccount } from "./create-account.tsx";
import FirstStepsScreen from "./first-steps-screen.tsx";
import { useNewcomer } from "./newcomer.ts";
import "./accounts.css";

/** The accounts, what opens them, and the way for somebody who has none. */
export default function AccountsScreen(): ReactElement {
  const accounts = useFreshAccounts();
  const { rest } = useRoute();
  const teller = useTold();
  const [isAdding, setAdding] = useState(false);
  const stage = useNewcomer();
  const [accountId] = rest;
  const chosen = accounts?.find(({ id }) => id === accountId);
  const isGone = accountId !== undefined && accounts && chosen === undefined;
  useEffect(() => {
    if (isGone) window.location.replace(linkTo("accounts"));
  }, [isGone]);

  if (accounts === undefined) {
    return (
      <ScreenFrame title={accountText.title} lead={accountText.lead}>
        <p role="status">{accountText.loading}</p>
      </ScreenFrame>
    );
  }
  if (accounts.length === 0 || stage !== "settled") return <FirstStepsScreen />;
  if (chosen !== undefined) {
    return (
      <AccountDetail
        key={chosen.id}
        account={chosen}
        accounts={accounts}
        onRemoved={(text) => {
          teller.tell(text);
          window.location.replace(linkTo("accounts"));
        }}
      />
    );
  }
  return (
    <ScreenFrame
      title={accountText.title}
      lead={accountText.lead}
      actions={
        <Button
          small
          icon="add"
          aria-expanded={isAdding}
          onClick={() => {
            teller.hush();
            setAdding(!isAdding);
          }}
        >
          {accountText.add}
        </Button>
      }
    >
      <ToldLine told={teller.told} />
      {isAdding && (
        <Panel title={accountText.add}>
          <div className="panel-body">
            <CreateAccount
              accounts={accounts}
              onCreated={({ name }) => {
                setAdding(false);
                teller.tell(createdText(name));
              }}
              onCancel={() => setAdding(false)}
            />
          </div>
        </Panel>
      )}
      <AccountList accounts={accounts} teller={teller} />
    </ScreenFrame>
  );
}
