// SPDX-License-Identifier: Apache-2.0
import { AccountService } from "@assent/protocol/owner";
import { frameText, gateText, makeSafe, passwordLabel } from "@assent/wording";
import {
  type FormEvent,
  lazy,
  type ReactElement,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { refreshAccounts, useAccounts } from "./accounts.ts";
import { ownerClient } from "./client.ts";
import { noteSignIn } from "./credential/signed-in.ts";
import { readOwnerFailure } from "./owner-failure.ts";
import { Button } from "./ui/button.tsx";
import { Mark } from "./ui/icon.tsx";
import { PasswordField, takePassword } from "./ui/password-field.tsx";
import "./gate.css";

// Who has no account has no password to give: the way begins with one.
const FirstSteps = lazy(
  () => import("./screens/accounts/first-steps-screen.tsx"),
);

/** For a host that the broker does not trust by itself: the password of any account lets it see prompts. */
export default function SignInForm(): ReactElement {
  const accounts = useAccounts()?.filter(({ problem }) => problem === "");
  const [chosen, setChosen] = useState<string>();
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => void refreshAccounts(), []);
  const account = accounts?.find((one) => one.id === chosen) ?? accounts?.at(0);
  if (accounts?.length === 0) return <FirstSteps />;
  if (accounts === undefined || account === undefined) {
    return <p className="loading">{frameText.connecting}</p>;
  }
  const signIn = async (event: FormEvent) => {
    event.preventDefault();
    const value = takePassword(password.current);
    if (value === undefined) return password.current?.focus();
    setBusy(true);
    try {
      // What comes next comes on the stream.
      await ownerClient(AccountService).authenticate({
        credential: {
          account: account.id,
          proof: { case: "password", value },
        },
      });
      noteSignIn(account.id);
    } catch (reason) {
      setError(readOwnerFailure(reason, false).text);
      password.current?.focus();
    } finally {
      value.fill(0);
      setBusy(false);
    }
  };
  return (
    <form className="gate-form" onSubmit={(event) => void signIn(event)}>
      <Mark />
      <h1>{gateText.signInTitle}</h1>
      <p>{gateText.signInHint}</p>
      {accounts.length > 1 && (
        <div className="field">
          <label htmlFor={id}>{gateText.signInAccount}</label>
          <span className="field-box">
            <select
              id={id}
              value={account.id}
              onChange={({ target }) => setChosen(target.value)}
            >
              {accounts.map((one) => (
                <option key={one.id} value={one.id}>
                  {makeSafe(one.name)}
                </option>
              ))}
            </select>
          </span>
        </div>
      )}
      <PasswordField
        key={account.id}
        inputRef={password}
        label={passwordLabel(account.name)}
        error={error}
      />
      <Button type="submit" kind="primary" busy={isBusy}>
        {gateText.signIn}
      </Button>
    </form>
  );
}
