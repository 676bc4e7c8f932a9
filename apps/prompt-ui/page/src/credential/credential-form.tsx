// SPDX-License-Identifier: Apache-2.0
import { type CredentialSchema, OwnerReason } from "@assent/protocol/owner";
import { accountText, passwordLabel } from "@assent/wording";
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type FormEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import { readFailure } from "../failure.ts";
import { Button, type ButtonKind } from "../ui/button.tsx";
import type { IconName } from "../ui/icon.tsx";
import { Notice } from "../ui/notice.tsx";
import { PasswordField, takePassword } from "../ui/password-field.tsx";
import "./credential-form.css";

/** An account and proof of its user, for one call after the other. */
export type GivenCredential = MessageInitShape<typeof CredentialSchema> & {
  readonly account: string;
};

/** Properties of `CredentialForm`. */
export interface CredentialFormProps {
  /** Whose password is asked for. */
  readonly account: { readonly id: string; readonly name: string };
  /** Label of the password; by default that it is the account's. */
  readonly label?: string;
  /** What is typed is the account's recovery code. */
  readonly isRecoveryCode?: boolean;
  /** On the button. */
  readonly submit: string;
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  /** Look at the other fields first; a text keeps the form from being sent. */
  readonly check?: () => string | undefined;
  /** What to do. The bytes of the credential are zeroed when it has ended. */
  readonly run: (credential: GivenCredential) => Promise<void>;
  readonly onCancel?: (() => void) | undefined;
  /** Take the focus when it appears. */
  readonly autoFocus?: boolean;
  /** Fields before the password. */
  readonly children?: ReactNode;
  /** Fields after it. */
  readonly after?: ReactNode;
}

/**
 * A form that ends in a password. The password is good for one submission: it
 * is taken out of its field as bytes, sent, and zeroed, whatever comes of it.
 */
export function CredentialForm(props: CredentialFormProps): ReactElement {
  const { account, kind = "primary", icon, onCancel } = props;
  const input = useRef<HTMLInputElement>(null);
  const isThere = useRef(true);
  const [busy, setBusy] = useState(false);
  const [passwordError, setPasswordError] = useState<string>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    isThere.current = true;
    if (props.autoFocus) input.current?.focus();
    return () => {
      isThere.current = false;
    };
  }, [props.autoFocus]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPasswordError(undefined);
    setError(undefined);
    const problem = props.check?.();
    if (problem !== undefined) return setError(problem);
    const value = takePassword(input.current);
    if (value === undefined) {
      setPasswordError(accountText.emptyPassword);
      return input.current?.focus();
    }
    setBusy(true);
    try {
      await props.run({
        account: account.id,
        proof: {
          case: props.isRecoveryCode ? "recoveryCode" : "password",
          value,
        },
      });
    } catch (thrown) {
      if (!isThere.current) return;
      const { reason, text } = readFailure(thrown);
      if (reason !== undefined && ofPassword.has(reason)) {
        setPasswordError(text);
        input.current?.focus();
      } else setError(text);
    } finally {
      value.fill(0);
      if (isThere.current) setBusy(false);
    }
  };

  return (
    <form className="credential-form" onSubmit={submit} noValidate>
      {props.children}
      <PasswordField
        inputRef={input}
        label={
          props.label ??
          (props.isRecoveryCode
            ? accountText.recoveryCode
            : passwordLabel(account.name))
        }
        error={passwordError}
        readOnly={busy}
      />
      {props.after}
      <div className="form-told" role="alert">
        {error !== undefined && <Notice kind="danger">{error}</Notice>}
      </div>
      <div className="form-actions">
        <Button type="submit" kind={kind} busy={busy} {...(icon && { icon })}>
          {props.submit}
        </Button>
        {onCancel !== undefined && (
          <Button kind="quiet" onClick={onCancel}>
            {accountText.cancel}
          </Button>
        )}
        {busy && <span className="form-busy">{accountText.working}</span>}
      </div>
    </form>
  );
}

// What the user mends by typing the password again.
const ofPassword: ReadonlySet<OwnerReason> = new Set([
  OwnerReason.WRONG_CREDENTIAL,
  OwnerReason.CREDENTIAL_REQUIRED,
  OwnerReason.RETRY_LATER,
]);
