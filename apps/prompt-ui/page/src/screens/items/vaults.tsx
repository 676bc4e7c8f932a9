// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import {
  itemsText,
  itemText,
  vaultCreatedText,
  vaultRemovedText,
} from "@assent/wording";
import { type ReactElement, useState } from "react";
import { ToldLine, useTold } from "../../credential/told.tsx";
import { linkTo } from "../../route.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Panel, ScreenFrame } from "../../ui/panel.tsx";
import { SafeText } from "../../ui/safe-text.tsx";
import { AccountChoice } from "./account-choice.tsx";
import { ItemEditor } from "./item-editor.tsx";
import { ItemList } from "./item-list.tsx";
import { newItem } from "./item-path.ts";
import { ItemView } from "./item-view.tsx";
import { useVault } from "./use-vault.ts";
import { CreateVault, RemoveVault } from "./vault-forms.tsx";

/** The vaults of an account that is open here: their items, one item, or a new one. */
export function Vaults({
  account,
  accounts,
  path: [vaultId, itemId],
}: {
  readonly account: AccountRef;
  readonly accounts: readonly AccountRef[];
  readonly path: readonly string[];
}): ReactElement {
  const contents = useVault(account.id, vaultId);
  const { vaults, vault, items, failure, lookAgain } = contents;
  const teller = useTold();
  const [form, setForm] = useState<"create" | "remove">();
  const goTo = (...rest: string[]) => {
    window.location.hash = linkTo("items", account.id, ...rest);
  };

  if (vault !== undefined && itemId === newItem) {
    return (
      <ItemEditor
        account={account}
        vault={vault}
        stored={undefined}
        onStored={async (text) => {
          await lookAgain();
          teller.tell(text);
          goTo(vault.id);
        }}
        onCancel={() => goTo(vault.id)}
      />
    );
  }
  const overview = items?.find(({ id }) => id === itemId);
  if (vault !== undefined && overview !== undefined) {
    return (
      <ItemView
        key={overview.id}
        account={account}
        vault={vault}
        overview={overview}
        onChanged={lookAgain}
        onRemoved={async (text) => {
          await lookAgain();
          teller.tell(text);
          goTo(vault.id);
        }}
      />
    );
  }
  return (
    <ScreenFrame
      title={itemText.title}
      lead={itemText.lead}
      actions={<AccountChoice account={account} accounts={accounts} />}
    >
      <ToldLine told={teller.told} />
      {failure !== undefined && (
        <>
          <Notice kind="danger" live>
            {failure}
          </Notice>
          <Button
            small
            icon="refresh"
            className="start"
            onClick={() => void lookAgain()}
          >
            {itemText.tryAgain}
          </Button>
        </>
      )}
      {vaults === undefined && failure === undefined && (
        <p role="status">{itemText.loading}</p>
      )}
      {vaults !== undefined && (
        <div className="vaults">
          <nav className="vault-list" aria-label={itemText.vaults}>
            {vaults.map(({ id, name, itemCount }) => (
              <a
                key={id}
                href={linkTo("items", account.id, id)}
                aria-current={id === vault?.id ? "true" : undefined}
              >
                <SafeText text={name} maxLength={60} />
                <small>{itemsText(itemCount)}</small>
              </a>
            ))}
            <Button
              small
              kind="quiet"
              icon="add"
              aria-expanded={form === "create"}
              onClick={() => setForm(form === "create" ? undefined : "create")}
            >
              {itemText.addVault}
            </Button>
          </nav>
          <div className="vault">
            {form === "create" && (
              <Panel title={itemText.addVault}>
                <CreateVault
                  account={account}
                  onCreated={async (made) => {
                    setForm(undefined);
                    await lookAgain();
                    teller.tell(vaultCreatedText(made.name));
                    goTo(made.id);
                  }}
                  onCancel={() => setForm(undefined)}
                />
              </Panel>
            )}
            {vault === undefined && form !== "create" && (
              <Panel>
                <Empty icon="items" title={itemText.noVault}>
                  <p>{itemText.noVaultHint}</p>
                  <Button
                    kind="primary"
                    icon="add"
                    onClick={() => setForm("create")}
                  >
                    {itemText.addVault}
                  </Button>
                </Empty>
              </Panel>
            )}
            {vault !== undefined && (
              <ItemList
                account={account}
                vault={vault}
                items={items}
                removeVault={() => setForm("remove")}
              />
            )}
            {vault !== undefined && form === "remove" && (
              <Panel title={itemText.deleteVault}>
                <RemoveVault
                  account={account}
                  vault={vault}
                  onRemoved={async () => {
                    setForm(undefined);
                    teller.tell(vaultRemovedText(vault.name, vault.itemCount));
                    goTo();
                    await lookAgain();
                  }}
                  onCancel={() => setForm(undefined)}
                />
              </Panel>
            )}
          </div>
        </div>
      )}
    </ScreenFrame>
  );
}
