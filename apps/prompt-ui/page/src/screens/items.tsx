// SPDX-License-Identifier: Apache-2.0
import { frameText, screenText } from "@assent/wording";
import type { ReactElement } from "react";
import { Empty } from "../ui/empty.tsx";
import { ScreenFrame } from "../ui/panel.tsx";

/** The screen "items". */
export default function Items(): ReactElement {
  return (
    <ScreenFrame title={screenText.items}>
      <Empty icon="items" title={frameText.loading} />
    </ScreenFrame>
  );
}
