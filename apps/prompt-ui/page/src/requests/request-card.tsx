// SPDX-License-Identifier: Apache-2.0
import { frameText, positionText, requestText } from "@assent/wording";
import { type ReactElement, useEffect, useId, useRef } from "react";
import { Avatar } from "../ui/avatar.tsx";
import { Mark } from "../ui/icon.tsx";
import { Notice } from "../ui/notice.tsx";
import { SafeText, Sentence } from "../ui/safe-text.tsx";
import { AccountChoice } from "./account-choice.tsx";
import { Allowance } from "./allowance.tsx";
import { Answer } from "./answer.tsx";
import type { Card } from "./card.ts";
import { dispatch } from "./live-requests.ts";
import { NarrowingOptions } from "./narrowing.tsx";
import { Program } from "./program.tsx";
import { TimeLeft } from "./time-left.tsx";
import { useDisturbed, usePainted, useRead } from "./use-look.ts";
import "./request-card.css";

/** The one request that waits for an answer, whole. */
export function RequestCard({
  card,
  others,
}: {
  readonly card: Card;
  /** How many wait beside it. */
  readonly others: number;
}): ReactElement {
  const id = useId();
  usePainted(card.look);
  useDisturbed();
  useEscape(card.look);
  const { end, bar } = useRead(card);
  const { described, prompt } = card;
  return (
    <div className="request">
      <div className="stack" data-others={Math.min(others, 2)}>
        <div
          className="card"
          role="alertdialog"
          aria-labelledby={`${id}-headline`}
          aria-describedby={`${id}-facts`}
        >
          <div className="card-bar">
            <Mark />
            <span>{frameText.product}</span>
            {others > 0 && <span>· {positionText(1, others + 1)}</span>}
            <TimeLeft body={prompt.body} />
          </div>
          <div className="card-body">
            <Headline id={`${id}-headline`} card={card} />
            <div id={`${id}-facts`} className="card-facts">
              <Program card={card} />
              {described.warnings.map(({ warning, severity, title, text }) => (
                <Notice
                  key={warning}
                  kind={severity}
                  title={
                    <Sentence text={title} names={[described.program.name]} />
                  }
                >
                  <Sentence text={text} names={[described.program.name]} />
                </Notice>
              ))}
              <AccountChoice card={card} />
              <Allowance card={card} />
              {described.notes.map((note) => (
                <Notice key={note} kind="info">
                  <Sentence text={note} names={[described.account]} />
                </Notice>
              ))}
              {described.problem !== undefined && (
                <Notice kind="danger">
                  <Sentence text={described.problem} />
                </Notice>
              )}
            </div>
            <div className="card-end" ref={end} />
            {described.problem === undefined && (
              <NarrowingOptions card={card} />
            )}
          </div>
          <Answer card={card} bar={bar} />
        </div>
      </div>
      <p className="escape-hint">
        {requestText.escapeHintBefore} <kbd>{requestText.escapeKey}</kbd>{" "}
        {requestText.escapeHintAfter}
      </p>
    </div>
  );
}

function Headline({
  id,
  card,
}: {
  readonly id: string;
  readonly card: Card;
}): ReactElement {
  const headline = useRef<HTMLHeadingElement>(null);
  const { prompt, account, described } = card;
  // Not for every look: who narrows a request has the focus where he narrows.
  const asked = `${prompt.id} ${prompt.digest.join()}`;
  useEffect(() => headline.current?.focus({ preventScroll: true }), [asked]);
  return (
    <h1 id={id} ref={headline} tabIndex={-1}>
      {described.headlineParts.map(({ kind, text }) =>
        kind === "words" ? (
          text
        ) : kind === "program" ? (
          <SafeText key={kind} text={text} />
        ) : (
          <span key={kind} className="headline-account">
            <Avatar id={account?.id ?? ""} name={text} />
            <SafeText text={text} />
          </span>
        ),
      )}
    </h1>
  );
}

// Esc denies, wherever the focus is: what is open, as a menu, takes it first.
function useEscape(look: number): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        event.key !== "Escape" ||
        event.repeat ||
        event.isComposing ||
        event.defaultPrevented ||
        document.querySelector("dialog[open]") !== null
      ) {
        return;
      }
      event.preventDefault();
      dispatch({ kind: "deny", look });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [look]);
}
