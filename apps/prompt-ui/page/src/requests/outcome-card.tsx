// SPDX-License-Identifier: Apache-2.0
import { frameText, othersWaitText, requestText } from "@assent/wording";
import { type ReactElement, useEffect, useId, useRef } from "react";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { Icon, type IconName, Mark } from "../ui/icon.tsx";
import { PathText, SafeText, Sentence } from "../ui/safe-text.tsx";
import type { Card, Outcome } from "./card.ts";
import { now, useHasCome } from "./clock.ts";
import { dispatch } from "./live-requests.ts";
import { isOwn } from "./step.ts";
import { Undo } from "./undo.tsx";
import { useDisturbed, usePainted } from "./use-look.ts";
import "./outcome-card.css";

const icons: Readonly<Record<Outcome["kind"], IconName>> = {
  approved: "check",
  denied: "cross",
  late: "clock",
  gone: "offline",
  elsewhere: "info",
  refused: "warning",
};

const restMs = 1_500;

/** How a request ended. It stays until it was seen, so that nobody types into the next one (T47). */
export default function OutcomeCard({
  card,
  outcome,
  others,
}: {
  readonly card: Card;
  readonly outcome: Outcome;
  readonly others: number;
}): ReactElement {
  const id = useId();
  const headline = useRef<HTMLHeadingElement>(null);
  const isArmed = useHasCome(card.armedAtMs);
  const { look, account, described } = card;
  const rests = isOwn(card) && others === 0;
  usePainted(look);
  useDisturbed();
  useEffect(() => headline.current?.focus({ preventScroll: true }), [look]);
  useEffect(() => {
    if (!rests) return;
    const timer = setTimeout(() => dispatch({ kind: "rest", look }), restMs);
    return () => clearTimeout(timer);
  }, [rests, look]);
  return (
    <div className="request">
      <div className="stack" data-others={Math.min(others, 2)}>
        <div
          className="card outcome"
          role="alertdialog"
          aria-labelledby={`${id}-headline`}
          aria-describedby={`${id}-program`}
        >
          <div className="card-bar">
            <Mark />
            <span>{frameText.product}</span>
          </div>
          <div className="card-body">
            <span className={`outcome-sign outcome-${outcome.kind}`}>
              <Icon name={icons[outcome.kind]} />
            </span>
            <h1 id={`${id}-headline`} ref={headline} tabIndex={-1}>
              <Sentence
                text={outcome.text}
                names={[described.program.name, described.account]}
              />
            </h1>
            <div id={`${id}-program`} className="outcome-program">
              <PathText path={described.program.path} />
              {account !== undefined && (
                <p>
                  <Avatar id={account.id} name={account.name} />
                  <SafeText text={account.name} />
                </p>
              )}
            </div>
            <Undo card={card} />
          </div>
          <div className="answer">
            {others > 0 && (
              <p className="answer-hint" role="status">
                {othersWaitText(others)}
              </p>
            )}
            <Button
              kind={others > 0 ? "primary" : "secondary"}
              disabled={!isArmed}
              onClick={() => dispatch({ kind: "next", look, nowMs: now() })}
            >
              {others > 0 ? requestText.next : requestText.done}
            </Button>
          </div>
        </div>
      </div>
    </div>
  );
}
