// SPDX-License-Identifier: Apache-2.0
import { buttonText, frameText } from "@assent/wording";
import { type ReactElement, useEffect } from "react";
import { lockAccount, refreshAccounts, useAccounts } from "./accounts.ts";
import { Avatar } from "./ui/avatar.tsx";
import { Button } from "./ui/button.tsx";
import { SafeText } from "./ui/safe-text.tsx";

/** The accounts below the navigation, and what locks them all. */
export default function Accounts(): ReactElement | null {
  const accounts = useAccounts();
  useEffect(() => {
    const refresh = () => void refreshAccounts();
    refresh();
    window.addEventListener("focus", refresh);
    return () => window.removeEventListener("focus", refresh);
  }, []);
  if (accounts === undefined || accounts.length === 0) return null;
  return (
    <section className="rail-accounts" aria-label={frameText.accounts}>
      <ul>
        {accounts.map(({ id, name, locked, problem }) => (
          <li key={id}>
            <Avatar id={id} name={name} />
            <span>
              <SafeText text={name} maxLength={40} />
              <small>
                {problem !== ""
                  ? frameText.unusable
                  : locked
                    ? frameText.locked
                    : frameText.unlocked}
              </small>
            </span>
          </li>
        ))}
      </ul>
      <Button small icon="lock" onClick={() => void lockAccount()}>
        {buttonText.lockAll}
      </Button>
    </section>
  );
}
