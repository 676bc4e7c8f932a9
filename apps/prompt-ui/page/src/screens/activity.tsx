// SPDX-License-Identifier: Apache-2.0
import { frameText, screenText } from "@assent/wording";
import type { ReactElement } from "react";
import { Empty } from "../ui/empty.tsx";
import { ScreenFrame } from "../ui/panel.tsx";

/** The screen "activity". */
export default function Activity(): ReactElement {
  return (
    <ScreenFrame title={screenText.activity}>
      <Empty icon="activity" title={frameText.loading} />
    </ScreenFrame>
  );
}
