// SPDX-License-Identifier: Apache-2.0
import { frameText, screenText, waitingText } from "@assent/wording";
import { lazy, type ReactElement, Suspense, useEffect, useState } from "react";
import { linkTo, type Screen, screens } from "./route.ts";
import { Button } from "./ui/button.tsx";
import { Icon, Mark } from "./ui/icon.tsx";
import "./navigation.css";

const Accounts = lazy(() => import("./navigation-accounts.tsx"));

/** Where one can go, and the accounts: a rail from 760 px, a strip with a menu below that. */
export function Navigation({
  screen,
  waiting,
}: {
  readonly screen: Screen;
  readonly waiting: number;
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [screen]);
  return (
    <>
      <button type="button" className="skip" onClick={skip}>
        {frameText.skip}
      </button>
      <header className="rail" data-open={isOpen}>
        <div className="rail-top">
          <span className="brand">
            <Mark />
            {frameText.product}
          </span>
          <Button
            className="rail-toggle"
            kind="quiet"
            icon={isOpen ? "cross" : "menu"}
            iconOnly
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {frameText.openNavigation}
          </Button>
        </div>
        <div className="rail-body">
          <nav aria-label={frameText.navigation}>
            {screens.map((one) => (
              <a
                key={one}
                href={linkTo(one)}
                aria-current={one === screen ? "page" : undefined}
              >
                <Icon name={one} />
                {screenText[one]}
                {one === "requests" && waiting > 0 && (
                  <span className="count">
                    <span aria-hidden="true">{waiting}</span>
                    <span className="unseen">{waitingText(waiting)}</span>
                  </span>
                )}
              </a>
            ))}
          </nav>
          <Suspense>
            <Accounts />
          </Suspense>
        </div>
      </header>
    </>
  );
}

function skip(): void {
  const content = document.getElementById("content");
  (content?.querySelector<HTMLElement>("h1[tabindex]") ?? content)?.focus();
}
