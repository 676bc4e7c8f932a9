// SPDX-License-Identifier: Apache-2.0
import { frameText, screenText, titleText } from "@assent/wording";
import {
  type ComponentType,
  type LazyExoticComponent,
  lazy,
  type ReactElement,
  Suspense,
  useEffect,
} from "react";
import { showBadge } from "./badge.ts";
import { useComeHere } from "./come-here.ts";
import { useConnection } from "./connection.ts";
import { Failsafe } from "./failsafe.tsx";
import { Gate } from "./gate.tsx";
import { Navigation } from "./navigation.tsx";
import { requests } from "./requests/live-requests.ts";
import { Requests } from "./requests/requests.tsx";
import { countWaiting } from "./requests/requests-state.ts";
import { type Screen, useRoute } from "./route.ts";
import { useStore } from "./store.ts";
import "./app.css";

// One chunk each: a prompt is on screen before any of them is loaded.
const others: Readonly<
  Record<Exclude<Screen, "requests">, LazyExoticComponent<ComponentType>>
> = {
  access: lazy(() => import("./screens/access/access-screen.tsx")),
  activity: lazy(() => import("./screens/activity/activity-screen.tsx")),
  accounts: lazy(() => import("./screens/accounts/accounts-screen.tsx")),
  items: lazy(() => import("./screens/items/items-screen.tsx")),
  settings: lazy(() => import("./screens/settings/settings-screen.tsx")),
};

/** The whole page: navigation beside the screen; nothing but one sentence when the broker is away. */
export function App(): ReactElement {
  const { screen } = useRoute();
  const waiting = countWaiting(useStore(requests));
  const connection = useConnection();
  useComeHere(waiting > 0, screen);
  useEffect(() => {
    document.title = titleText(waiting, screenText[screen]);
    showBadge(waiting);
  }, [waiting, screen]);
  if (connection !== "live") return <Gate connection={connection} />;
  return (
    <div className="shell">
      <Navigation screen={screen} waiting={waiting} />
      <main id="content" tabIndex={-1} className={`content content-${screen}`}>
        {screen === "requests" ? <Requests /> : <Other screen={screen} />}
      </main>
    </div>
  );
}

function Other({
  screen,
}: {
  readonly screen: Exclude<Screen, "requests">;
}): ReactElement {
  const Chosen = others[screen];
  return (
    <Failsafe key={screen} text={frameText.screenFailed}>
      <Suspense fallback={<p className="loading">{frameText.loading}</p>}>
        <Chosen />
      </Suspense>
    </Failsafe>
  );
}
