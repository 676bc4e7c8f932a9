// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import { signInText } from "@assent/wording";
import type { ReactElement } from "react";
import { Notice } from "../ui/notice.tsx";
import { Panel } from "../ui/panel.tsx";
import { CredentialForm, type GivenCredential } from "./credential-form.tsx";
import { signIn } from "./signed-in.ts";

/** A panel that asks for the password of an account before something of it is shown. */
export function SignIn({
  account,
  text,
  unlock = false,
  wasSignedIn = false,
  run,
}: {
  readonly account: AccountRef;
  /** What the password is good for. */
  readonly text: string;
  /** Unlock the account as well. */
  readonly unlock?: boolean;
  /** It was given before: tell why it is asked for again. */
  readonly wasSignedIn?: boolean;
  /** What to do with it; by default the page is signed in. */
  readonly run?: (credential: GivenCredential) => Promise<void>;
}): ReactElement {
  return (
    <Panel title={signInText.title}>
      <div className="panel-body sign-in">
        {wasSignedIn && (
          <Notice kind="info" live>
            {signInText.signedOut}
          </Notice>
        )}
        <p>{text}</p>
        <CredentialForm
          key={account.id}
          account={account}
          submit={unlock ? signInText.unlockAndSubmit : signInText.submit}
          icon={unlock ? "unlock" : "key"}
          run={run ?? ((credential) => signIn(credential, unlock))}
        />
      </div>
    </Panel>
  );
}
