// SPDX-License-Identifier: Apache-2.0
import { frameText, screenText } from "@assent/wording";
import type { ReactElement } from "react";
import { Empty } from "../ui/empty.tsx";
import { ScreenFrame } from "../ui/panel.tsx";

/** The screen "accounts". */
export default function Accounts(): ReactElement {
  return (
    <ScreenFrame title={screenText.accounts}>
      <Empty icon="accounts" title={frameText.loading} />
    </ScreenFrame>
  );
}
