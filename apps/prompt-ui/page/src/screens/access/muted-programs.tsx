// SPDX-License-Identifier: Apache-2.0
import { accessText, ofAccount } from "@assent/wording";
import type { ReactElement } from "react";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Panel, Row } from "../../ui/panel.tsx";
import { PathText, SafeText } from "../../ui/safe-text.tsx";
import type { MuteRow } from "./access-view.ts";
import { unmute } from "./use-access.ts";

/** Programs that are refused without asking, and letting them ask again. */
export function MutedPrograms({
  mutes,
  end,
}: {
  readonly mutes: readonly MuteRow[];
  readonly end: (work: () => Promise<unknown>, text: string) => Promise<void>;
}): ReactElement {
  return (
    <Panel
      title={
        <>
          {accessText.mutes}
          <small className="panel-count">{accessText.mutesLead}</small>
        </>
      }
    >
      {mutes.map(({ id, name, path, text, left }) => (
        <Row
          key={id}
          lead={
            <span className="tile" aria-hidden="true">
              <Icon name="hide" />
            </span>
          }
          actions={
            <Button
              small
              aria-label={ofAccount(accessText.unmute, name)}
              onClick={() => void end(() => unmute(id), accessText.unmuted)}
            >
              {accessText.unmute}
            </Button>
          }
        >
          <SafeText text={text} />
          <PathText path={path} />
          <small className="access-left">
            <SafeText text={left} />
          </small>
        </Row>
      ))}
    </Panel>
  );
}
