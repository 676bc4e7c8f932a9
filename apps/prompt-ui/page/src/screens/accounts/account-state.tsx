// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import { accountText } from "@assent/wording";
import type { ReactElement } from "react";
import { Tag } from "../../ui/tag.tsx";

/** Whether an account is locked, or cannot be used. */
export function AccountState({
  account: { locked, problem },
}: {
  readonly account: AccountRef;
}): ReactElement {
  if (problem !== "") return <Tag kind="bad">{accountText.unusable}</Tag>;
  return locked ? (
    <Tag>{accountText.locked}</Tag>
  ) : (
    <Tag kind="good">{accountText.unlocked}</Tag>
  );
}
