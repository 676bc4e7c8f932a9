// SPDX-License-Identifier: Apache-2.0
import { settingsText, versionText } from "@assent/wording";
import { type ReactElement, useState } from "react";
import { useFreshAccounts } from "../../credential/fresh.ts";
import { ToldLine, useTold } from "../../credential/told.tsx";
import {
  applyTheme,
  keepTheme,
  readTheme,
  type Theme,
  themes,
} from "../../theme.ts";
import { Notice } from "../../ui/notice.tsx";
import { Panel, ScreenFrame } from "../../ui/panel.tsx";
import { BrokerForm } from "./broker-form.tsx";
import { IntegrationSetting } from "./integration-setting.tsx";
import { useSettings } from "./use-settings.ts";
import "./settings.css";

/** How the broker behaves, and how the page looks. */
export default function SettingsScreen(): ReactElement {
  const accounts = useFreshAccounts() ?? [];
  const { told: response, failure, lookAgain } = useSettings();
  const { told, tell, attempt } = useTold();
  const settings = response?.settings;
  return (
    <ScreenFrame title={settingsText.title} lead={settingsText.lead}>
      <ToldLine told={told} />
      {failure !== undefined && <Notice kind="danger">{failure}</Notice>}
      {settings === undefined && failure === undefined && (
        <p role="status">{settingsText.loading}</p>
      )}
      {settings !== undefined && (
        <>
          <Panel>
            <IntegrationSetting
              isOn={settings.integrationEnabled}
              accounts={accounts}
              attempt={attempt}
              tell={tell}
              lookAgain={lookAgain}
            />
          </Panel>
          <BrokerForm
            settings={settings}
            accounts={accounts}
            onSaved={async () => {
              await lookAgain();
              tell(settingsText.saved);
            }}
          />
        </>
      )}
      <Panel title={settingsText.theme}>
        <ThemeChoice />
      </Panel>
      {response !== undefined && (
        <p className="settings-version">
          {versionText(response.brokerVersion, response.brokerPid)}
        </p>
      )}
    </ScreenFrame>
  );
}

const themeText: Readonly<Record<Theme, string>> = {
  system: settingsText.system,
  light: settingsText.light,
  dark: settingsText.dark,
};

function ThemeChoice(): ReactElement {
  const [theme, setTheme] = useState(() => readTheme());
  return (
    <fieldset className="setting choice-row">
      <legend>{settingsText.themeHint}</legend>
      <div className="segments">
        {themes.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="theme"
              value={one}
              checked={theme === one}
              onChange={() => {
                setTheme(one);
                keepTheme(one);
                applyTheme(one);
              }}
            />
            <span>{themeText[one]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
