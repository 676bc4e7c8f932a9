// SPDX-License-Identifier: Apache-2.0
import type { AccountRef, Settings } from "@assent/protocol/owner";
import { settingsText } from "@assent/wording";
import { type ReactElement, useState } from "react";
import { useUnfinished } from "../../come-here.ts";
import { ChosenAccountForm } from "../../credential/chosen-account-form.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SelectField } from "../../ui/select-field.tsx";
import {
  autoLockChoices,
  draftOf,
  inactivityChoices,
  isChanged,
  type SettingsDraft,
  type TimeChoice,
} from "./settings-draft.ts";
import { saveSettings } from "./use-settings.ts";

/** Times, and where requests appear. What is changed is saved with a password. */
export function BrokerForm({
  settings,
  accounts,
  onSaved,
}: {
  readonly settings: Settings;
  readonly accounts: readonly AccountRef[];
  readonly onSaved: () => Promise<void>;
}): ReactElement {
  const [edited, setEdited] = useState<SettingsDraft>();
  const draft = edited ?? draftOf(settings);
  const change = (part: Partial<SettingsDraft>) =>
    setEdited({ ...draft, ...part });
  useUnfinished(isChanged(draft, settings));
  return (
    <>
      <Panel title={settingsText.times}>
        <div className="setting setting-line">
          <Time
            label={settingsText.inactivity}
            hint={settingsText.inactivityHint}
            ms={draft.inactivityMs}
            choices={inactivityChoices(draft.inactivityMs)}
            onChoose={(inactivityMs) => change({ inactivityMs })}
          />
        </div>
        <div className="setting setting-line">
          <Time
            label={settingsText.autoLock}
            hint={settingsText.autoLockHint}
            ms={draft.autoLockMs}
            choices={autoLockChoices(draft.autoLockMs)}
            onChoose={(autoLockMs) => change({ autoLockMs })}
          />
        </div>
      </Panel>
      <Panel title={settingsText.surface}>
        <fieldset className="setting choices">
          <legend className="unseen">{settingsText.surface}</legend>
          <Where
            isChosen={draft.webSurface}
            title={settingsText.surfaceWeb}
            hint={settingsText.surfaceWebHint}
            choose={() => change({ webSurface: true })}
          />
          <Where
            isChosen={!draft.webSurface}
            title={settingsText.surfaceTerminal}
            hint={settingsText.surfaceTerminalHint}
            choose={() => change({ webSurface: false })}
          />
        </fieldset>
      </Panel>
      {isChanged(draft, settings) && (
        <Panel title={settingsText.changed}>
          <div className="panel-body">
            <ChosenAccountForm
              accounts={accounts}
              hint={settingsText.turnOnHint}
              submit={settingsText.save}
              run={async (credential) => {
                await saveSettings(draft, credential);
                setEdited(undefined);
                await onSaved();
              }}
              onCancel={() => setEdited(undefined)}
            />
          </div>
        </Panel>
      )}
    </>
  );
}

function Time({
  label,
  hint,
  ms,
  choices,
  onChoose,
}: {
  readonly label: string;
  readonly hint: string;
  readonly ms: number;
  readonly choices: readonly TimeChoice[];
  readonly onChoose: (ms: number) => void;
}): ReactElement {
  return (
    <SelectField
      label={label}
      hint={hint}
      value={String(ms)}
      choices={choices.map((choice) => ({
        value: String(choice.ms),
        text: choice.label,
      }))}
      onChoose={(value) => onChoose(Number(value))}
    />
  );
}

function Where({
  isChosen,
  title,
  hint,
  choose,
}: {
  readonly isChosen: boolean;
  readonly title: string;
  readonly hint: string;
  readonly choose: () => void;
}): ReactElement {
  return (
    <label className="choice">
      <input type="radio" name="where" checked={isChosen} onChange={choose} />
      <span>
        <b>{title}</b>
        <small>{hint}</small>
      </span>
    </label>
  );
}
