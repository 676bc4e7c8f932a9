// SPDX-License-Identifier: Apache-2.0
import { frameText, stateText } from "@assent/wording";
import type { ReactElement } from "react";
import type { Connection } from "./connection.ts";
import { Empty } from "./ui/empty.tsx";

/** All that is shown while there is no live stream: no field, no button of a prompt (T54). */
export function Gate({
  connection,
}: {
  readonly connection: Exclude<Connection, "live">;
}): ReactElement {
  return (
    <main className="gate">
      {connection === "connecting" ? (
        <p className="loading" role="status">
          {frameText.connecting}
        </p>
      ) : (
        <Empty
          icon="offline"
          level={1}
          title={
            connection === "lost" ? stateText.offline : stateText.signedOut
          }
        />
      )}
    </main>
  );
}
