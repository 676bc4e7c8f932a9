// SPDX-License-Identifier: Apache-2.0
import { frameText, screenText } from "@assent/wording";
import type { ReactElement } from "react";
import { Empty } from "../ui/empty.tsx";
import { ScreenFrame } from "../ui/panel.tsx";

/** The screen "settings". */
export default function Settings(): ReactElement {
  return (
    <ScreenFrame title={screenText.settings}>
      <Empty icon="settings" title={frameText.loading} />
    </ScreenFrame>
  );
}
