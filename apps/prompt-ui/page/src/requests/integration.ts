// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "react";
import { ownerClient } from "../client.ts";

/** Whether programs may ask at all, read when it is shown and when the window gets the focus; undefined: not known. */
export function useIntegration(): boolean | undefined {
  const [isOn, setOn] = useState<boolean>();
  useEffect(() => {
    let isShown = true;
    const read = async () => {
      try {
        const { SettingsService } = await import("../other-services.ts");
        const { settings } = await ownerClient(SettingsService).getSettings({});
        if (isShown) setOn(settings?.integrationEnabled);
      } catch {
        // Whether the broker is there is told by the stream of prompts.
      }
    };
    void read();
    window.addEventListener("focus", read);
    return () => {
      isShown = false;
      window.removeEventListener("focus", read);
    };
  }, []);
  return isOn;
}
