// SPDX-License-Identifier: Apache-2.0
import { settingsText, welcomeText } from "@assent/wording";
import { type ReactElement, useEffect, useRef } from "react";
import { CredentialForm } from "../../credential/credential-form.tsx";
import { useFreshAccounts } from "../../credential/fresh.ts";
import { linkTo } from "../../route.ts";
import { Icon } from "../../ui/icon.tsx";
import { Panel, ScreenFrame } from "../../ui/panel.tsx";
import { turnIntegrationOn, useSettings } from "../settings/use-settings.ts";
import { CreateFirstAccount } from "./create-account.tsx";
import {
  dueStep,
  type FirstStep,
  firstSteps,
  standing,
} from "./first-steps.ts";
import { newcomer, useNewcomer } from "./newcomer.ts";
import { RecoverySheet } from "./recovery-sheet.tsx";
import "./accounts.css";

const titles: Readonly<Record<FirstStep, string>> = {
  create: welcomeText.create,
  recovery: welcomeText.recovery,
  integration: welcomeText.integration,
  waiting: welcomeText.waiting,
};

/** Leads somebody who is new from nothing to a first request. */
export default function FirstStepsScreen(): ReactElement {
  const accounts = useFreshAccounts();
  const { told, lookAgain } = useSettings();
  const stage = useNewcomer();
  const due = dueStep({
    accounts: accounts ?? [],
    integrationEnabled: told?.settings?.integrationEnabled === true,
    owesRecovery: stage === "owes-recovery",
  });
  const account = accounts?.[0];
  const step = useRef<HTMLDivElement>(null);
  const before = useRef(due);
  // The next step takes the focus: what had it went with the one before.
  useEffect(() => {
    if (before.current !== due) step.current?.focus();
    before.current = due;
  }, [due]);
  return (
    <ScreenFrame title={welcomeText.title} lead={welcomeText.lead}>
      <ol className="steps" aria-label={welcomeText.steps}>
        {firstSteps.map((one, at) => {
          const where = standing(one, due);
          return (
            <li
              key={one}
              data-standing={where}
              aria-current={where === "now" ? "step" : undefined}
            >
              <span className="step-mark" aria-hidden="true">
                {where === "done" ? <Icon name="check" /> : at + 1}
              </span>
              {titles[one]}
              {where === "done" && (
                <span className="unseen">({welcomeText.isDone})</span>
              )}
            </li>
          );
        })}
      </ol>
      <div ref={step} tabIndex={-1} className="step">
        <Panel title={titles[due]}>
          <div className="panel-body">
            {due === "create" && (
              <>
                <p className="form-hint">{welcomeText.createHint}</p>
                <CreateFirstAccount />
              </>
            )}
            {due === "recovery" && account !== undefined && (
              <RecoverySheet
                account={account}
                onDone={() => newcomer.set("on-the-way")}
                later={{
                  text: welcomeText.later,
                  run: () => newcomer.set("on-the-way"),
                }}
              />
            )}
            {due === "integration" && account !== undefined && (
              <>
                <p className="form-hint">{welcomeText.integrationHint}</p>
                <CredentialForm
                  account={account}
                  submit={settingsText.turnOn}
                  icon="access"
                  run={async (credential) => {
                    await turnIntegrationOn(credential);
                    await lookAgain();
                  }}
                />
              </>
            )}
            {due === "waiting" && (
              <>
                <p className="form-hint">{welcomeText.waitingHint}</p>
                <a
                  className="button button-primary start"
                  href={linkTo("requests")}
                  onClick={() => newcomer.set("settled")}
                >
                  {welcomeText.go}
                </a>
              </>
            )}
          </div>
        </Panel>
      </div>
    </ScreenFrame>
  );
}
