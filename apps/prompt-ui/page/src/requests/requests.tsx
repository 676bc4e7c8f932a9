// SPDX-License-Identifier: Apache-2.0
import { stateText } from "@assent/wording";
import type { ReactElement } from "react";
import { Empty } from "../ui/empty.tsx";

/** The screen where requests are answered, one at a time. */
export function Requests(): ReactElement {
  return (
    <Empty title={stateText.empty} level={1}>
      <p>{stateText.emptyHint}</p>
    </Empty>
  );
}
