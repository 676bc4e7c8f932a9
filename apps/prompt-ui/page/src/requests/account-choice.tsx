// SPDX-License-Identifier: Apache-2.0
import { frameText, requestText } from "@assent/wording";
import { type ReactElement, useId } from "react";
import { Avatar } from "../ui/avatar.tsx";
import { SafeText } from "../ui/safe-text.tsx";
import type { Card } from "./card.ts";
import { dispatch } from "./live-requests.ts";
import "./account-choice.css";

/** The accounts that a request leaves to choose from. */
export function AccountChoice({
  card,
}: {
  readonly card: Card;
}): ReactElement | null {
  const group = useId();
  const { choices, account: asked } = card.prompt.body;
  if (asked !== undefined || choices.length === 0) return null;
  return (
    <fieldset className="account-choice" disabled={card.phase !== "open"}>
      <legend>{requestText.chooseAccount}</legend>
      {choices.map((account) => (
        <label key={account.id}>
          <input
            type="radio"
            name={group}
            checked={card.account?.id === account.id}
            disabled={account.problem !== ""}
            onChange={() => dispatch({ kind: "choose", account })}
          />
          <Avatar id={account.id} name={account.name} />
          <span>
            <SafeText text={account.name} />
            <small>
              <SafeText
                text={
                  account.problem ||
                  (account.locked ? frameText.locked : frameText.unlocked)
                }
              />
            </small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
