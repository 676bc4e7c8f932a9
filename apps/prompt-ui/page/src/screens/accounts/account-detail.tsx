// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import {
  accountText,
  makeSafe,
  passwordChangedText,
  recoveryText,
  removedText,
  removeWarning,
  renamedText,
} from "@assent/wording";
import { type ReactElement, useRef, useState } from "react";
import { CredentialForm } from "../../credential/credential-form.tsx";
import { type Teller, ToldLine, useTold } from "../../credential/told.tsx";
import { linkTo } from "../../route.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { ScreenFrame } from "../../ui/panel.tsx";
import {
  changePassword,
  removeAccount,
  renameAccount,
} from "./account-calls.ts";
import { AccountState } from "./account-state.tsx";
import { Backups } from "./backups.tsx";
import { KeySlots } from "./key-slots.tsx";
import { NewPasswordFields, useNewPassword } from "./new-password-fields.tsx";
import { RecoverySheet } from "./recovery-sheet.tsx";
import { Section } from "./section.tsx";

/** One account: its name, its password, what else opens it, its backups, its end. */
export function AccountDetail({
  account,
  accounts,
  onRemoved,
}: {
  readonly account: AccountRef;
  readonly accounts: readonly AccountRef[];
  readonly onRemoved: (text: string) => void;
}): ReactElement {
  const teller = useTold();
  const isUsable = account.problem === "";
  return (
    <ScreenFrame
      title={makeSafe(account.name)}
      lead={<a href={linkTo("accounts")}>{accountText.back}</a>}
      actions={<AccountState account={account} />}
    >
      <ToldLine told={teller.told} />
      {!isUsable && (
        <Notice kind="danger" title={accountText.unusable}>
          {makeSafe(account.problem)}
        </Notice>
      )}
      {isUsable && (
        <>
          <Rename account={account} teller={teller} />
          <ChangePassword account={account} teller={teller} />
          <Section
            title={recoveryText.heading}
            hint={recoveryText.hint}
            button={recoveryText.make}
          >
            {(close) => (
              <RecoverySheet
                account={account}
                onDone={close}
                later={{ text: accountText.cancel, run: close }}
              />
            )}
          </Section>
          <KeySlots account={account} teller={teller} />
        </>
      )}
      <Backups account={account} accounts={accounts} teller={teller} />
      {isUsable && <Remove account={account} onRemoved={onRemoved} />}
    </ScreenFrame>
  );
}

interface Part {
  readonly account: AccountRef;
  readonly teller: Teller;
}

function Rename({ account, teller }: Part): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const wanted = () => input.current?.value.trim() ?? "";
  return (
    <Section
      title={accountText.name}
      hint={accountText.nameHint}
      button={accountText.rename}
    >
      {(close) => (
        <CredentialForm
          account={account}
          submit={accountText.rename}
          check={() => (wanted() === "" ? accountText.noName : undefined)}
          run={async (credential) => {
            const name = wanted();
            await renameAccount(credential, name);
            teller.tell(renamedText(account.name, name));
            close();
          }}
          onCancel={close}
        >
          <Field
            ref={input}
            label={accountText.newName}
            defaultValue={account.name}
            maxLength={128}
          />
        </CredentialForm>
      )}
    </Section>
  );
}

function ChangePassword({ account, teller }: Part): ReactElement {
  const password = useNewPassword();
  const [isLost, setLost] = useState(false);
  return (
    <Section
      title={accountText.password}
      hint={accountText.changePasswordHint}
      button={accountText.changePassword}
    >
      {(close) => (
        <CredentialForm
          key={String(isLost)}
          account={account}
          isRecoveryCode={isLost}
          {...(isLost ? {} : { label: accountText.presentPassword })}
          submit={accountText.changePassword}
          check={password.problem}
          run={async (credential) => {
            const bytes = password.take();
            try {
              await changePassword(credential, bytes);
            } finally {
              bytes.fill(0);
            }
            teller.tell(passwordChangedText(account.name, isLost));
            close();
          }}
          onCancel={close}
          after={
            <Button
              kind="link"
              className="start"
              onClick={() => setLost(!isLost)}
            >
              {isLost ? accountText.withPassword : accountText.withRecoveryCode}
            </Button>
          }
        >
          <NewPasswordFields password={password} />
        </CredentialForm>
      )}
    </Section>
  );
}

function Remove({
  account,
  onRemoved,
}: {
  readonly account: AccountRef;
  readonly onRemoved: (text: string) => void;
}): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <Section
      title={accountText.remove}
      hint={accountText.removeHint}
      button={accountText.remove}
      kind="danger"
    >
      {(close) => (
        <CredentialForm
          account={account}
          submit={accountText.removeButton}
          kind="danger"
          icon="remove"
          check={() =>
            input.current?.value.trim() === account.name
              ? undefined
              : accountText.notTheName
          }
          run={async (credential) => {
            const { name } = account;
            await removeAccount(credential);
            onRemoved(removedText(name));
          }}
          onCancel={close}
        >
          <Notice kind="danger">{removeWarning(account.name)}</Notice>
          <Field ref={input} label={accountText.removeConfirm} />
        </CredentialForm>
      )}
    </Section>
  );
}
