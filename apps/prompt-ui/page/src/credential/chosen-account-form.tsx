// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import { makeSafe, signInText } from "@assent/wording";
import { type ReactElement, type ReactNode, useState } from "react";
import { SelectField } from "../ui/select-field.tsx";
import {
  CredentialForm,
  type CredentialFormProps,
} from "./credential-form.tsx";

/** A form with the password of any account: the only one, or the one that is chosen. */
export function ChosenAccountForm({
  accounts,
  hint,
  label,
  children,
  ...form
}: Omit<CredentialFormProps, "account" | "label"> & {
  /** One at least. */
  readonly accounts: readonly AccountRef[];
  readonly hint?: ReactNode;
  /** Label of the password of the account of this name. */
  readonly label?: (name: string) => string;
}): ReactElement | null {
  const [chosen, setChosen] = useState<string>();
  const usable = accounts.filter(({ problem }) => problem === "");
  const account = usable.find(({ id }) => id === chosen) ?? usable[0];
  if (account === undefined) return null;
  return (
    <CredentialForm
      {...form}
      account={account}
      {...(label && { label: label(account.name) })}
    >
      {children}
      {hint !== undefined && <p className="form-hint">{hint}</p>}
      {usable.length > 1 && (
        <SelectField
          label={signInText.account}
          value={account.id}
          choices={usable.map(({ id, name }) => ({
            value: id,
            text: makeSafe(name),
          }))}
          onChoose={setChosen}
        />
      )}
    </CredentialForm>
  );
}
