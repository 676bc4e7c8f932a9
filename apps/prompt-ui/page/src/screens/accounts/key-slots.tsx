// SPDX-License-Identifier: Apache-2.0
import {
  type AccountRef,
  type KeySlot,
  KeySlotKind,
} from "@assent/protocol/owner";
import { accountText, ofAccount, slotRemovedText } from "@assent/wording";
import { type ReactElement, useCallback, useEffect, useState } from "react";
import { CredentialForm } from "../../credential/credential-form.tsx";
import {
  needsSignIn,
  signIn,
  signOut,
  useSignedIn,
} from "../../credential/signed-in.ts";
import type { Teller } from "../../credential/told.tsx";
import { failureText } from "../../failure.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Panel, Row } from "../../ui/panel.tsx";
import { SafeText } from "../../ui/safe-text.tsx";
import { listSlots, removeSlot } from "./account-calls.ts";

/** What opens an account, once its password was given here. */
export function KeySlots({
  account,
  teller,
}: {
  readonly account: AccountRef;
  readonly teller: Teller;
}): ReactElement {
  const isSignedIn = useSignedIn(account.id);
  const [slots, setSlots] = useState<readonly KeySlot[]>();
  const [failure, setFailure] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  const [removing, setRemoving] = useState<string>();
  const { told } = teller;
  const look = useCallback(async () => {
    try {
      setSlots(await listSlots(account.id));
      setFailure(undefined);
    } catch (error) {
      setSlots(undefined);
      if (needsSignIn(error)) signOut(account.id);
      else setFailure(failureText(error));
    }
  }, [account.id]);
  // Whatever was done on this screen may have changed them.
  useEffect(() => {
    if (isSignedIn) void look();
    else setSlots(undefined);
  }, [isSignedIn, look, told]);

  return (
    <Panel
      title={accountText.slots}
      actions={
        !isSignedIn && (
          <Button
            small
            aria-expanded={isAsking}
            onClick={() => setAsking(!isAsking)}
          >
            {accountText.show}
          </Button>
        )
      }
    >
      {failure !== undefined && <Notice kind="danger">{failure}</Notice>}
      {!isSignedIn && (
        <div className="panel-body">
          <p className="form-hint">{accountText.slotsHint}</p>
          {isAsking && (
            <CredentialForm
              account={account}
              submit={accountText.show}
              autoFocus
              run={(credential) => signIn(credential)}
              onCancel={() => setAsking(false)}
            />
          )}
        </div>
      )}
      {slots?.map((slot) => {
        const name = slotTexts[slot.kind] ?? accountText.otherSlot;
        const canGo = slots.length > 1 && slot.kind !== KeySlotKind.PASSWORD;
        return (
          <div key={slot.id}>
            <Row
              lead={<Icon name="key" />}
              actions={
                canGo && (
                  <Button
                    small
                    kind="danger"
                    aria-label={ofAccount(accountText.removeSlot, name)}
                    aria-expanded={removing === slot.id}
                    onClick={() =>
                      setRemoving(removing === slot.id ? undefined : slot.id)
                    }
                  >
                    {accountText.removeSlot}
                  </Button>
                )
              }
            >
              {slot.label === "" || slot.label === name ? (
                name
              ) : (
                <>
                  {name}: <SafeText text={slot.label} />
                </>
              )}
            </Row>
            {removing === slot.id && (
              <div className="panel-body">
                <CredentialForm
                  account={account}
                  submit={accountText.removeSlot}
                  kind="danger"
                  autoFocus
                  run={async (credential) => {
                    await removeSlot(credential, slot.id);
                    setRemoving(undefined);
                    teller.tell(slotRemovedText(name, account.name));
                  }}
                  onCancel={() => setRemoving(undefined)}
                />
              </div>
            )}
          </div>
        );
      })}
    </Panel>
  );
}

const slotTexts: Readonly<Partial<Record<KeySlotKind, string>>> = {
  [KeySlotKind.PASSWORD]: accountText.passwordSlot,
  [KeySlotKind.RECOVERY_CODE]: accountText.recoverySlot,
  [KeySlotKind.PASSKEY]: accountText.passkeySlot,
};
