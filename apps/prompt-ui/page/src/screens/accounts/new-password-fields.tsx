// SPDX-License-Identifier: Apache-2.0
import { accountText } from "@assent/wording";
import { type ReactElement, type RefObject, useRef, useState } from "react";
import { useUnfinished } from "../../come-here.ts";
import { PasswordField, takePassword } from "../../ui/password-field.tsx";
import { judgePassword, newPasswordProblem } from "./new-password.ts";

/** A new password that is typed twice. */
export interface NewPassword {
  readonly first: RefObject<HTMLInputElement | null>;
  readonly second: RefObject<HTMLInputElement | null>;
  /** Why it cannot be taken; undefined: it can. */
  readonly problem: () => string | undefined;
  /** Its bytes, which the caller zeroes; both fields are empty after. */
  readonly take: () => Uint8Array<ArrayBuffer>;
}

/** The two fields of a new password. */
export function useNewPassword(): NewPassword {
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  return {
    first,
    second,
    problem: () =>
      newPasswordProblem(
        first.current?.value ?? "",
        second.current?.value ?? "",
      ),
    take: () => {
      takePassword(second.current)?.fill(0);
      return takePassword(first.current) ?? new Uint8Array();
    },
  };
}

/** Fields for a new password, with how strong it is while it is typed. */
export function NewPasswordFields({
  password,
  label = accountText.newPassword,
}: {
  readonly password: NewPassword;
  readonly label?: string;
}): ReactElement {
  const [judgement, setJudgement] = useState(() => judgePassword(""));
  const [isTyped, setTyped] = useState(false);
  useUnfinished(isTyped);
  return (
    <>
      <div>
        <PasswordField
          inputRef={password.first}
          label={label}
          hint={judgement.text}
          onInput={({ currentTarget: { value } }) => {
            setJudgement(judgePassword(value));
            setTyped(value !== "");
          }}
        />
        <span
          className="strength"
          data-strength={judgement.strength}
          aria-hidden="true"
        />
      </div>
      <PasswordField inputRef={password.second} label={accountText.repeat} />
    </>
  );
}
