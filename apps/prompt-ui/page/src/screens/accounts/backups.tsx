// SPDX-License-Identifier: Apache-2.0
import type { AccountRef, Backup } from "@assent/protocol/owner";
import {
  accountText,
  backedUpText,
  makeSafe,
  sizeText,
  whenText,
} from "@assent/wording";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import {
  type ReactElement,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { CredentialForm } from "../../credential/credential-form.tsx";
import type { Teller } from "../../credential/told.tsx";
import { failureText } from "../../failure.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Row } from "../../ui/panel.tsx";
import { backUp, listBackups } from "./account-calls.ts";
import { RestoreForm } from "./restore-form.tsx";
import { Section } from "./section.tsx";

/** The backups of an account: those that there are, one more, and putting one back. */
export function Backups({
  account,
  accounts,
  teller,
}: {
  readonly account: AccountRef;
  readonly accounts: readonly AccountRef[];
  readonly teller: Teller;
}): ReactElement {
  const [backups, setBackups] = useState<readonly Backup[]>();
  const [failure, setFailure] = useState<string>();
  const [restoring, setRestoring] = useState<string>();
  const path = useRef<HTMLInputElement>(null);
  const { told } = teller;
  const look = useCallback(async () => {
    try {
      setBackups(await listBackups(account.id));
      setFailure(undefined);
    } catch (error) {
      setFailure(failureText(error));
    }
  }, [account.id]);
  // Whatever was done on this screen may have made one.
  useEffect(() => void look(), [look, told]);
  const isUsable = account.problem === "";

  const list = (
    <div className="backups">
      {failure !== undefined && <Notice kind="danger">{failure}</Notice>}
      {backups?.length === 0 && <p>{accountText.noBackup}</p>}
      {backups?.map(({ name, createdAt, size }) => {
        const atMs = createdAt === undefined ? 0 : timestampMs(createdAt);
        const when = whenText(atMs, Date.now());
        return (
          <div key={name}>
            <Row
              lead={<Icon name="file" />}
              aside={sizeText(Number(size))}
              actions={
                <Button
                  small
                  aria-label={`${accountText.restore}: ${when}`}
                  aria-expanded={restoring === name}
                  onClick={() =>
                    setRestoring(restoring === name ? undefined : name)
                  }
                >
                  {accountText.restore}
                </Button>
              }
            >
              <time dateTime={new Date(atMs).toISOString()}>{when}</time>
              <small className="backup-name">{makeSafe(name)}</small>
            </Row>
            {restoring === name && (
              <RestoreForm
                account={account}
                accounts={accounts}
                source={{ case: "backup", value: name }}
                onRestored={(text) => {
                  setRestoring(undefined);
                  teller.tell(text);
                }}
                onCancel={() => setRestoring(undefined)}
              />
            )}
          </div>
        );
      })}
      {!isUsable && (
        <RestoreForm
          account={account}
          accounts={accounts}
          source={{ case: "present", value: account.id }}
          onRestored={teller.tell}
        />
      )}
    </div>
  );

  return (
    <Section
      title={accountText.backups}
      hint={accountText.backupsHint}
      button={accountText.backUp}
      content={list}
    >
      {(close) => (
        <CredentialForm
          account={account}
          submit={accountText.backUp}
          run={async (credential) => {
            const to = path.current?.value.trim() ?? "";
            await backUp(credential, to);
            teller.tell(backedUpText(account.name, to));
            close();
          }}
          onCancel={close}
        >
          <Field
            ref={path}
            label={accountText.path}
            hint={accountText.backUpHint}
            dir="ltr"
          />
        </CredentialForm>
      )}
    </Section>
  );
}
