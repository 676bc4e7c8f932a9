// SPDX-License-Identifier: Apache-2.0
import { frameText, screenText } from "@assent/wording";
import type { ReactElement } from "react";
import { Empty } from "../ui/empty.tsx";
import { ScreenFrame } from "../ui/panel.tsx";

/** The screen "access". */
export default function Access(): ReactElement {
  return (
    <ScreenFrame title={screenText.access}>
      <Empty icon="access" title={frameText.loading} />
    </ScreenFrame>
  );
}
