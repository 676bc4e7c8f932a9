// SPDX-License-Identifier: Apache-2.0
import { type ActivityOutcome, outcomeText, whenText } from "@assent/wording";
import type { ReactElement } from "react";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { Row } from "../../ui/panel.tsx";
import { PathText, Sentence } from "../../ui/safe-text.tsx";
import { Tag } from "../../ui/tag.tsx";
import type { ActivityEntry } from "./activity-entry.ts";

/** One entry of the log. */
export function ActivityRow({
  entry,
  nowMs,
}: {
  readonly entry: ActivityEntry;
  readonly nowMs: number;
}): ReactElement {
  const { program, outcome, atMs, text } = entry;
  const isBad = program?.isDeceptive === true;
  return (
    <Row
      lead={
        <span className={isBad ? "tile tile-bad" : "tile"} aria-hidden="true">
          <Icon name={isBad ? "warning" : iconOf(entry)} />
        </span>
      }
      aside={
        <time dateTime={new Date(atMs).toISOString()}>
          {whenText(atMs, nowMs)}
        </time>
      }
      actions={
        <span className="activity-outcome">
          <Tag kind={tagKinds[outcome] ?? "plain"}>{outcomeText(outcome)}</Tag>
        </span>
      }
    >
      <p className="activity-text">
        <Sentence text={text} names={[program?.name]} />
      </p>
      {program !== undefined && program.path !== "" && (
        <PathText path={program.path} />
      )}
    </Row>
  );
}

const tagKinds: Partial<
  Record<ActivityOutcome, "good" | "bad" | "caution" | "plain">
> = {
  approved: "good",
  denied: "bad",
  refused: "bad",
  warning: "caution",
};

const icons: Readonly<Record<string, IconName>> = {
  "account-locked": "lock",
  "account-unlocked": "unlock",
  "account-copied": "download",
  "account-restored": "refresh",
  "credential-refused": "warning",
  "owner-operation": "items",
  "settings-changed": "settings",
  "integration-on": "access",
  "integration-off": "offline",
};

function iconOf({ program, kind }: ActivityEntry): IconName {
  if (program !== undefined) return "terminal";
  return Object.hasOwn(icons, kind) ? (icons[kind] ?? "accounts") : "accounts";
}
