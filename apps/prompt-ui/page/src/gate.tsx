// SPDX-License-Identifier: Apache-2.0
import { frameText, gateText, stateText } from "@assent/wording";
import { lazy, type ReactElement, Suspense } from "react";
import type { Connection } from "./connection.ts";
import { Empty } from "./ui/empty.tsx";
import type { IconName } from "./ui/icon.tsx";

const CodeForm = lazy(() => import("./code-form.tsx"));
const SignInForm = lazy(() => import("./sign-in-form.tsx"));

/** All that is shown while no prompts come. Of a connection that ended nothing is left: no field, no button (T54). */
export function Gate({
  connection,
}: {
  readonly connection: Exclude<Connection, "live">;
}): ReactElement {
  return (
    <main className="gate">
      <Suspense>{content(connection)}</Suspense>
    </main>
  );
}

function content(connection: Exclude<Connection, "live">): ReactElement {
  switch (connection) {
    case "connecting":
      return (
        <p className="loading" role="status">
          {frameText.connecting}
        </p>
      );
    case "no-key":
      return <CodeForm />;
    case "sign-in":
      return <SignInForm />;
    case "crowded":
      return over("info", gateText.tooManyTabs, gateText.tooManyTabsHint);
    case "signed-out":
      return over("lock", stateText.signedOut, gateText.signedOutHint);
    case "lost":
      return over("offline", stateText.offline, gateText.lostHint);
    case "left":
      return over("offline", gateText.left);
  }
}

function over(icon: IconName, title: string, hint?: string): ReactElement {
  return (
    <div role="alert">
      <Empty icon={icon} title={title} level={1}>
        {hint !== undefined && <p>{hint}</p>}
      </Empty>
    </div>
  );
}
