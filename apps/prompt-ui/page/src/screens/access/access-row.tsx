// SPDX-License-Identifier: Apache-2.0
import { accessText, buttonText, ofAccount } from "@assent/wording";
import type { ReactElement } from "react";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Row } from "../../ui/panel.tsx";
import { PathText, SafeText } from "../../ui/safe-text.tsx";
import type { AccessRow } from "./access-view.ts";

/** A program that has access, what it may do, and until when. */
export function SessionRow({
  row,
  revoke,
}: {
  readonly row: AccessRow;
  readonly revoke: () => void;
}): ReactElement {
  return (
    <Row
      lead={
        <span
          className={row.isDeceptive ? "tile tile-bad" : "tile"}
          aria-hidden="true"
        >
          <Icon name={row.isDeceptive ? "warning" : "terminal"} />
        </span>
      }
      aside={
        <>
          <span className="access-ends">{row.ends}</span>
          <br />
          <small>{row.lastUse}</small>
        </>
      }
      actions={
        <Button
          small
          aria-label={ofAccount(buttonText.revoke, row.name)}
          onClick={revoke}
        >
          {buttonText.revoke}
        </Button>
      }
    >
      <b className="access-name">
        <SafeText text={row.name} />
      </b>
      <PathText path={row.path} />
      <ul className="access-scope" aria-label={accessText.canDo}>
        {row.scope === undefined ? (
          <li>{accessText.untold}</li>
        ) : (
          row.scope.map(({ kind, text, details }) => (
            <li key={kind + text}>
              <Icon name={kind === "read" ? "key" : "write"} />
              <span>
                <SafeText text={text} />
                {details.length > 0 && (
                  <small>
                    {details.map((detail) => (
                      <SafeText key={detail} text={detail} />
                    ))}
                  </small>
                )}
              </span>
            </li>
          ))
        )}
      </ul>
    </Row>
  );
}
