// SPDX-License-Identifier: Apache-2.0
import {
  buttonText,
  muteChoiceText,
  passwordLabel,
  requestText,
  stateText,
} from "@assent/wording";
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
  useEffect,
  useRef,
} from "react";
import { Button } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import { PasswordField, takePassword } from "../ui/password-field.tsx";
import { Sentence } from "../ui/safe-text.tsx";
import { armingMs, type Card, canApprove, couldApprove } from "./card.ts";
import { now, useHasCome } from "./clock.ts";
import { dispatch } from "./live-requests.ts";
import "./answer.css";

const muteMs = 3_600_000;

/** Where a request is answered: the field for the credential, and the buttons. */
export function Answer({
  card,
  bar,
}: {
  readonly card: Card;
  readonly bar: RefObject<HTMLDivElement | null>;
}): ReactElement {
  const { look, phase, described, account, message } = card;
  const password = useRef<HTMLInputElement>(null);
  const isArmed = useHasCome(card.armedAtMs);
  const isOpen = phase === "open";
  const canBe = described.problem === undefined && card.terms !== undefined;
  const wasChecking = useRef(false);
  useEffect(() => {
    // It was wrong: the next try is typed where the last one was.
    if (wasChecking.current && phase === "open") password.current?.focus();
    wasChecking.current = phase === "checking";
  }, [phase]);

  const approve = (event?: FormEvent) => {
    event?.preventDefault();
    if (!canApprove(card, now())) return;
    const typed = takePassword(password.current);
    if (typed === undefined) return password.current?.focus();
    dispatch({ kind: "approve", look, nowMs: now(), password: typed });
  };
  const denies = phase === "open" || phase === "checking";
  const stands = described.isDangerous || !canBe ? "primary" : "secondary";
  return (
    <div ref={bar} className="answer">
      <form onSubmit={approve} autoComplete="off">
        {canBe && account !== undefined && (
          <PasswordField
            key={look}
            inputRef={password}
            label={
              <Sentence
                text={passwordLabel(account.name)}
                names={[described.account]}
              />
            }
            error={message}
            readOnly={!isOpen}
            onKeyDown={(event) => enter(event, approve)}
          />
        )}
        <Hint card={card} isArmed={isArmed} />
        <div className="answer-buttons" data-denies={stands === "primary"}>
          <span className="split">
            <Button
              kind={stands}
              disabled={!denies}
              busy={phase === "denying"}
              onClick={() => dispatch({ kind: "deny", look })}
            >
              {buttonText.deny}
            </Button>
            <Menu
              label={requestText.moreWaysToDeny}
              opens="up"
              button={{
                kind: stands,
                icon: "expand",
                iconOnly: true,
                disabled: !denies,
              }}
              items={[
                {
                  key: "mute",
                  text: requestText.denyAndMute,
                  hint: muteChoiceText(
                    described.program.name,
                    card.prompt.body.warnings,
                  ),
                  onSelect: () => dispatch({ kind: "deny", look, muteMs }),
                },
              ]}
            />
          </span>
          {canBe && (
            <Button
              type="submit"
              kind={stands === "primary" ? "secondary" : "primary"}
              className="approve"
              disabled={!isOpen || !couldApprove(card) || !isArmed}
              busy={phase === "checking"}
              onKeyDown={(event) => {
                // A key that is held down is no decision.
                if (event.repeat) event.preventDefault();
              }}
            >
              {phase === "checking" ? stateText.checking : described.approve}
              {isOpen && !isArmed && card.armedAtMs !== undefined && (
                <span
                  key={card.armedAtMs}
                  className="arming"
                  style={{ animationDuration: `${armingMs}ms` }}
                />
              )}
            </Button>
          )}
        </div>
      </form>
    </div>
  );
}

function Hint({
  card,
  isArmed,
}: {
  readonly card: Card;
  readonly isArmed: boolean;
}): ReactElement | null {
  const text =
    card.described.problem !== undefined
      ? undefined
      : card.narrowingProblem !== undefined
        ? card.narrowingProblem
        : card.account === undefined
          ? requestText.passwordAfterAccount
          : isArmed && !card.isRead
            ? requestText.readToTheEnd
            : undefined;
  return text === undefined ? null : (
    <p className="answer-hint" role="status">
      <Sentence text={text} />
    </p>
  );
}

// The form is never sent by the browser's own rule, but by this one.
function enter(event: KeyboardEvent, approve: () => void): void {
  if (event.key !== "Enter") return;
  event.preventDefault();
  if (event.repeat || event.nativeEvent.isComposing) return;
  approve();
}
