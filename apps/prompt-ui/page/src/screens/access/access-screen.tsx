// SPDX-License-Identifier: Apache-2.0
import {
  accessText,
  accountRevokedText,
  buttonText,
  lockedText,
  makeSafe,
  ofAccount,
  programsText,
  revokedText,
} from "@assent/wording";
import type { ReactElement } from "react";
import { lockAccount } from "../../accounts.ts";
import { useFreshAccounts, useNow } from "../../credential/fresh.ts";
import { keepFocus, ToldLine, useTold } from "../../credential/told.tsx";
import { Avatar } from "../../ui/avatar.tsx";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Panel, Row, ScreenFrame } from "../../ui/panel.tsx";
import { SafeText } from "../../ui/safe-text.tsx";
import { SessionRow } from "./access-row.tsx";
import { viewAccess } from "./access-view.ts";
import { MutedPrograms } from "./muted-programs.tsx";
import { revokeAccount, revokeSession, useAccess } from "./use-access.ts";
import "./access.css";

/** Who can use what right now, and how to end it. Nothing here asks twice: all of it makes things safer. */
export default function AccessScreen(): ReactElement {
  const accounts = useFreshAccounts() ?? [];
  const { facts, failure, lookAgain } = useAccess();
  const now = useNow();
  const { told, attempt } = useTold();
  const view = facts && viewAccess({ ...facts, accounts }, now);

  const end = async (work: () => Promise<unknown>, text: string) => {
    await attempt(async () => {
      await work();
      await lookAgain();
    }, text);
    keepFocus();
  };

  return (
    <ScreenFrame
      title={accessText.title}
      lead={accessText.lead}
      actions={
        accounts.some(({ locked }) => !locked) && (
          <Button
            small
            icon="lock"
            onClick={() => void end(() => lockAccount(), accessText.allLocked)}
          >
            {buttonText.lockAll}
          </Button>
        )
      }
    >
      <ToldLine told={told} />
      {failure !== undefined && <Notice kind="danger">{failure}</Notice>}
      {view === undefined && failure === undefined && (
        <p role="status">{accessText.loading}</p>
      )}
      {view?.groups.map(({ accountId, accountName, locked, rows }) => (
        <Panel
          key={accountId}
          title={
            <>
              <Avatar id={accountId} name={accountName} />
              <SafeText text={accountName} />
              <small className="panel-count">{programsText(rows.length)}</small>
            </>
          }
          actions={
            <div className="row-actions">
              {!locked && (
                <Button
                  small
                  icon="lock"
                  aria-label={ofAccount(buttonText.lock, accountName)}
                  onClick={() =>
                    void end(
                      () => lockAccount(accountId),
                      lockedText(accountName),
                    )
                  }
                >
                  {buttonText.lock}
                </Button>
              )}
              <Button
                small
                kind="danger"
                aria-label={ofAccount(buttonText.revokeAll, accountName)}
                onClick={() =>
                  void end(
                    () => revokeAccount({ id: accountId }),
                    accountRevokedText(accountName),
                  )
                }
              >
                {buttonText.revokeAll}
              </Button>
            </div>
          }
        >
          {rows.map((row) => (
            <SessionRow
              key={row.id}
              row={row}
              revoke={() =>
                void end(
                  () => revokeSession(row.id),
                  revokedText(row.name, accountName),
                )
              }
            />
          ))}
        </Panel>
      ))}
      {view?.groups.length === 0 && (
        <Panel>
          <Empty icon="access" title={accessText.empty}>
            <p>{accessText.emptyHint}</p>
          </Empty>
        </Panel>
      )}
      {view !== undefined && view.unused.length > 0 && (
        <Panel title={accessText.unused}>
          {view.unused.map(({ id, name }) => (
            <Row
              key={id}
              lead={<Avatar id={id} name={name} />}
              actions={
                <Button
                  small
                  icon="lock"
                  aria-label={ofAccount(buttonText.lock, name)}
                  onClick={() =>
                    void end(() => lockAccount(id), lockedText(name))
                  }
                >
                  {buttonText.lock}
                </Button>
              }
            >
              <SafeText text={makeSafe(name)} />
            </Row>
          ))}
        </Panel>
      )}
      {view !== undefined && view.mutes.length > 0 && (
        <MutedPrograms mutes={view.mutes} end={end} />
      )}
    </ScreenFrame>
  );
}
