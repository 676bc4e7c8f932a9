// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import { makeSafe, signInText } from "@assent/wording";
import type { ReactElement } from "react";
import { linkTo } from "../../route.ts";
import { SelectField } from "../../ui/select-field.tsx";

/** Which account's items are shown, where there are several. */
export function AccountChoice({
  account,
  accounts,
}: {
  readonly account: AccountRef;
  readonly accounts: readonly AccountRef[];
}): ReactElement | null {
  if (accounts.length < 2) return null;
  return (
    <div className="items-account">
      <SelectField
        label={signInText.account}
        value={account.id}
        choices={accounts.map(({ id, name }) => ({
          value: id,
          text: makeSafe(name),
        }))}
        onChoose={(id) => {
          window.location.hash = linkTo("items", id);
        }}
      />
    </div>
  );
}
