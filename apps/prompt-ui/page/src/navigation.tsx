// SPDX-License-Identifier: Apache-2.0
import {
  buttonText,
  frameText,
  screenText,
  waitingText,
} from "@assent/wording";
import { type ReactElement, useEffect, useState } from "react";
import { lockAccount, refreshAccounts, useAccounts } from "./accounts.ts";
import { linkTo, type Screen, screens } from "./route.ts";
import { Avatar } from "./ui/avatar.tsx";
import { Button } from "./ui/button.tsx";
import { Icon, Mark } from "./ui/icon.tsx";
import { SafeText } from "./ui/safe-text.tsx";
import "./navigation.css";

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
          <Accounts />
        </div>
      </header>
    </>
  );
}

function skip(): void {
  const content = document.getElementById("content");
  (content?.querySelector<HTMLElement>("h1[tabindex]") ?? content)?.focus();
}

function Accounts(): ReactElement | null {
  const accounts = useAccounts();
  useEffect(() => {
    const refresh = () => void refreshAccounts();
    refresh();
    window.addEventListener("focus", refresh);
    return () => window.removeEventListener("focus", refresh);
  }, []);
  if (accounts === undefined || accounts.length === 0) return null;
  return (
    <section className="rail-accounts" aria-label={frameText.accounts}>
      <ul>
        {accounts.map(({ id, name, locked, problem }) => (
          <li key={id}>
            <Avatar id={id} name={name} />
            <span>
              <SafeText text={name} maxLength={40} />
              <small>
                {problem !== ""
                  ? frameText.unusable
                  : locked
                    ? frameText.locked
                    : frameText.unlocked}
              </small>
            </span>
          </li>
        ))}
      </ul>
      <Button small icon="lock" onClick={() => void lockAccount()}>
        {buttonText.lockAll}
      </Button>
    </section>
  );
}
