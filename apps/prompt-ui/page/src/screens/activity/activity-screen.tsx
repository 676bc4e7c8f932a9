// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import {
  activitySignInText,
  activityText,
  makeSafe,
  signInText,
} from "@assent/wording";
import { type ReactElement, useEffect, useState } from "react";
import { useFreshAccounts } from "../../credential/fresh.ts";
import { useIdle } from "../../credential/idle.ts";
import { SignIn } from "../../credential/sign-in.tsx";
import { signIn, signOut, useSignedIn } from "../../credential/signed-in.ts";
import { linkTo } from "../../route.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Panel, ScreenFrame } from "../../ui/panel.tsx";
import { SelectField } from "../../ui/select-field.tsx";
import { ActivityLog } from "./activity-log.tsx";
import { type ActivityReading, useActivity } from "./use-activity.ts";
import "./activity.css";

// Stands for the broker's own log in the choice of accounts.
const broker = "";

/** What happened with an account, once its password was given here. */
export default function ActivityScreen(): ReactElement {
  const accounts = useFreshAccounts();
  const [chosen, setChosen] = useState<string>();
  const log = useActivity();
  const account =
    chosen === broker
      ? undefined
      : (accounts?.find(({ id }) => id === chosen) ?? accounts?.[0]);
  const isSignedIn = useSignedIn(account?.id);
  const { open, close, endForIdle } = log;
  useIdle(endForIdle);
  const canOpen = isSignedIn && account?.locked === false;
  const isOpen =
    log.account !== undefined &&
    log.account === (chosen === broker ? broker : account?.id);
  useEffect(() => {
    if (canOpen && !isOpen && account !== undefined) open(account.id);
  }, [canOpen, isOpen, account, open]);

  if (accounts === undefined) return <Loading />;
  const [first] = accounts;
  if (first === undefined) return <NoAccount />;
  return (
    <ScreenFrame
      title={activityText.title}
      lead={activityText.lead}
      actions={
        <div className="activity-account">
          <SelectField
            label={activityText.account}
            value={chosen === broker ? broker : (account?.id ?? "")}
            choices={[
              ...accounts.map(({ id, name }) => ({
                value: id,
                text: makeSafe(name),
              })),
              { value: broker, text: activityText.brokerLog },
            ]}
            onChoose={(id) => {
              close();
              setChosen(id);
            }}
          />
        </div>
      }
    >
      {log.failure !== undefined && (
        <Notice kind="danger" live>
          {log.failure}
        </Notice>
      )}
      {isOpen ? (
        <>
          <ActivityLog entries={log.entries} isLive={log.isLive} />
          <Button
            kind="link"
            className="activity-close"
            onClick={() => {
              if (account !== undefined) signOut(account.id);
              close();
            }}
          >
            {activityText.signOut}
          </Button>
        </>
      ) : (
        <AskPassword
          account={account ?? first}
          isBroker={chosen === broker}
          log={log}
        />
      )}
    </ScreenFrame>
  );
}

function AskPassword({
  account,
  isBroker,
  log,
}: {
  readonly account: AccountRef;
  readonly isBroker: boolean;
  readonly log: ActivityReading;
}): ReactElement {
  // A locked account, and the broker itself, open by a credential in the call.
  const inCall = isBroker || account.locked;
  return (
    <SignIn
      key={isBroker ? broker : account.id}
      account={account}
      text={
        isBroker ? activityText.brokerLogHint : activitySignInText(account.name)
      }
      wasSignedIn={log.wasClosed}
      run={(credential) =>
        inCall
          ? log.openWith(isBroker ? broker : account.id, credential)
          : signIn(credential)
      }
    />
  );
}

function Loading(): ReactElement {
  return (
    <ScreenFrame title={activityText.title} lead={activityText.lead}>
      <p role="status">{activityText.loading}</p>
    </ScreenFrame>
  );
}

function NoAccount(): ReactElement {
  return (
    <ScreenFrame title={activityText.title} lead={activityText.lead}>
      <Panel>
        <Empty icon="accounts" title={signInText.noAccount}>
          <p>
            <a href={linkTo("accounts")}>{signInText.createAccount}</a>
          </p>
        </Empty>
      </Panel>
    </ScreenFrame>
  );
}
