// SPDX-License-Identifier: Apache-2.0
import type {
  AccountRef,
  RestoreAccountRequestSchema,
} from "@assent/protocol/owner";
import { accountText, restoredText } from "@assent/wording";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type ReactElement, useRef, useState } from "react";
import { CredentialForm } from "../../credential/credential-form.tsx";
import { Notice } from "../../ui/notice.tsx";
import { PasswordField, takePassword } from "../../ui/password-field.tsx";
import { CheckField } from "../../ui/select-field.tsx";
import { restore } from "./account-calls.ts";

type Source = NonNullable<
  MessageInitShape<typeof RestoreAccountRequestSchema>["source"]
>;

/**
 * Put a backup in the place of its account. Takes the password of an account
 * that can be used: the account itself if it can, else another, else none; and
 * what opens the backup, if that is not the same.
 */
export function RestoreForm({
  account,
  accounts,
  source,
  onRestored,
  onCancel,
}: {
  readonly account: AccountRef;
  readonly accounts: readonly AccountRef[];
  readonly source: Source;
  readonly onRestored: (text: string) => void;
  readonly onCancel?: () => void;
}): ReactElement {
  const backupPassword = useRef<HTMLInputElement>(null);
  const [isOther, setOther] = useState(false);
  const isUsable = account.problem === "";
  const authority = isUsable
    ? account
    : accounts.find(({ problem }) => problem === "");
  const takesTwo = isUsable ? isOther : authority !== undefined;
  return (
    <div className="restore">
      <CredentialForm
        account={authority ?? { id: "", name: account.name }}
        {...(authority === undefined && { label: accountText.backupPassword })}
        submit={
          source.case === "present"
            ? accountText.usePresent
            : accountText.restore
        }
        icon="refresh"
        check={() =>
          takesTwo && (backupPassword.current?.value ?? "") === ""
            ? accountText.noBackupPassword
            : undefined
        }
        run={async (credential) => {
          const other = takesTwo
            ? takePassword(backupPassword.current)
            : undefined;
          try {
            const restored = await restore({
              source,
              credential,
              ...(other && {
                backupCredential: {
                  account: account.id,
                  proof: { case: "password", value: other },
                },
              }),
            });
            onRestored(restoredText(restored?.name ?? account.name));
          } finally {
            other?.fill(0);
          }
        }}
        onCancel={onCancel}
        after={
          <>
            {isUsable && (
              <CheckField
                label={accountText.restoreOther}
                checked={isOther}
                onChange={(event) => setOther(event.target.checked)}
              />
            )}
            {takesTwo && (
              <PasswordField
                inputRef={backupPassword}
                label={accountText.backupPassword}
              />
            )}
          </>
        }
      >
        <Notice kind="caution">
          {source.case === "present"
            ? accountText.usePresentHint
            : accountText.restoreHint}
        </Notice>
      </CredentialForm>
    </div>
  );
}
