// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import { accountText, existingPasswordLabel } from "@assent/wording";
import { type FormEvent, type ReactElement, useRef, useState } from "react";
import { ChosenAccountForm } from "../../credential/chosen-account-form.tsx";
import { failureText } from "../../failure.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { createAccount } from "./account-calls.ts";
import { NewPasswordFields, useNewPassword } from "./new-password-fields.tsx";

/** The very first account: there is no other whose password could be asked for. */
export function CreateFirstAccount(): ReactElement {
  const name = useRef<HTMLInputElement>(null);
  const password = useNewPassword();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.current?.value.trim() ?? "";
    const problem = wanted === "" ? accountText.noName : password.problem();
    setError(problem);
    if (problem !== undefined) return;
    const bytes = password.take();
    setBusy(true);
    try {
      await createAccount(wanted, bytes, undefined);
    } catch (thrown) {
      setError(failureText(thrown));
      setBusy(false);
    } finally {
      bytes.fill(0);
    }
  };
  return (
    <form className="credential-form" onSubmit={submit} noValidate>
      <Field
        ref={name}
        label={accountText.name}
        hint={accountText.nameHint}
        defaultValue={accountText.firstName}
        maxLength={128}
      />
      <NewPasswordFields password={password} label={accountText.password} />
      <div className="form-told" role="alert">
        {error !== undefined && <Notice kind="danger">{error}</Notice>}
      </div>
      <div className="form-actions">
        <Button type="submit" kind="primary" busy={busy}>
          {accountText.create}
        </Button>
        {busy && <span className="form-busy">{accountText.working}</span>}
      </div>
    </form>
  );
}

/** A further account: takes the password of one that is there (T41). */
export function CreateAccount({
  accounts,
  onCreated,
  onCancel,
}: {
  readonly accounts: readonly AccountRef[];
  readonly onCreated: (account: AccountRef) => void;
  readonly onCancel: () => void;
}): ReactElement {
  const name = useRef<HTMLInputElement>(null);
  const password = useNewPassword();
  const wanted = () => name.current?.value.trim() ?? "";
  return (
    <ChosenAccountForm
      accounts={accounts}
      label={existingPasswordLabel}
      submit={accountText.create}
      check={() => (wanted() === "" ? accountText.noName : password.problem())}
      run={async (credential) => {
        const bytes = password.take();
        try {
          const account = await createAccount(wanted(), bytes, credential);
          if (account !== undefined) onCreated(account);
        } finally {
          bytes.fill(0);
        }
      }}
      onCancel={onCancel}
    >
      <Field
        ref={name}
        label={accountText.name}
        hint={accountText.nameHint}
        maxLength={128}
      />
      <NewPasswordFields password={password} />
    </ChosenAccountForm>
  );
}
