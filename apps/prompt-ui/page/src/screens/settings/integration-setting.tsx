// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import { settingsText } from "@assent/wording";
import { type ReactElement, useState } from "react";
import { ChosenAccountForm } from "../../credential/chosen-account-form.tsx";
import type { Teller } from "../../credential/told.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Switch } from "../../ui/switch.tsx";
import { turnIntegrationOff, turnIntegrationOn } from "./use-settings.ts";

/** Whether programs can ask at all. Off takes effect at once; on takes a password. */
export function IntegrationSetting({
  isOn,
  accounts,
  attempt,
  tell,
  lookAgain,
}: {
  readonly isOn: boolean;
  readonly accounts: readonly AccountRef[];
  readonly attempt: Teller["attempt"];
  readonly tell: Teller["tell"];
  readonly lookAgain: () => Promise<void>;
}): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const turn = async () => {
    if (!isOn) return setAsking(!isAsking);
    await attempt(async () => {
      await turnIntegrationOff();
      await lookAgain();
    }, settingsText.integrationOff);
  };
  return (
    <div className="setting">
      <div className="setting-line">
        <div>
          <h2 id="integration">{settingsText.integration}</h2>
          <p id="integration-hint">{settingsText.integrationHint}</p>
        </div>
        <Switch
          isOn={isOn}
          aria-labelledby="integration"
          aria-describedby="integration-hint"
          {...(isOn ? {} : { "aria-expanded": isAsking })}
          onClick={() => void turn()}
        />
      </div>
      {isAsking && !isOn && accounts.length === 0 && (
        <Notice kind="info" live>
          {settingsText.noAccount}
        </Notice>
      )}
      {isAsking && !isOn && accounts.length > 0 && (
        <ChosenAccountForm
          accounts={accounts}
          hint={settingsText.turnOnHint}
          submit={settingsText.turnOn}
          icon="access"
          autoFocus
          run={async (credential) => {
            await turnIntegrationOn(credential);
            setAsking(false);
            await lookAgain();
            tell(settingsText.integrationOn);
          }}
          onCancel={() => setAsking(false)}
        />
      )}
    </div>
  );
}
