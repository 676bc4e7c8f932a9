// SPDX-License-Identifier: Apache-2.0
import type { Vault } from "@assent/protocol";
import type { AccountRef } from "@assent/protocol/owner";
import { itemText, vaultRemovalWarning } from "@assent/wording";
import { type ReactElement, useRef } from "react";
import { CredentialForm } from "../../credential/credential-form.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { createVault, deleteVault } from "./item-calls.ts";
import { nameProblem } from "./item-draft.ts";

/** Make a vault. */
export function CreateVault({
  account,
  onCreated,
  onCancel,
}: {
  readonly account: AccountRef;
  readonly onCreated: (vault: Vault) => Promise<void>;
  readonly onCancel: () => void;
}): ReactElement {
  const name = useRef<HTMLInputElement>(null);
  const wanted = () => name.current?.value.trim() ?? "";
  return (
    <div className="panel-body">
      <CredentialForm
        account={account}
        submit={itemText.createVault}
        check={() => nameProblem(wanted())}
        run={async (credential) =>
          onCreated(await createVault(credential, wanted()))
        }
        onCancel={onCancel}
      >
        <Field
          ref={name}
          label={itemText.vaultName}
          hint={itemText.vaultNameHint}
        />
      </CredentialForm>
    </div>
  );
}

/** Delete a vault and what is in it: its name has to be typed. */
export function RemoveVault({
  account,
  vault,
  onRemoved,
  onCancel,
}: {
  readonly account: AccountRef;
  readonly vault: Vault;
  readonly onRemoved: () => Promise<void>;
  readonly onCancel: () => void;
}): ReactElement {
  const name = useRef<HTMLInputElement>(null);
  return (
    <div className="panel-body">
      <CredentialForm
        account={account}
        submit={itemText.delete}
        kind="danger"
        icon="remove"
        check={() =>
          name.current?.value.trim() === vault.name.trim()
            ? undefined
            : itemText.notTheName
        }
        run={async (credential) => {
          await deleteVault(credential, vault.id);
          await onRemoved();
        }}
        onCancel={onCancel}
      >
        <Notice kind="danger">
          {vaultRemovalWarning(vault.name, vault.itemCount)}
        </Notice>
        <Field ref={name} label={itemText.vaultName} autoFocus />
      </CredentialForm>
    </div>
  );
}
