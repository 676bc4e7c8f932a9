// SPDX-License-Identifier: Apache-2.0
import { gateText, wrongCodeText } from "@assent/wording";
import { type FormEvent, type ReactElement, useRef, useState } from "react";
import {
  codeField,
  pageKeyItem,
  type SessionAnswer,
  sessionPath,
} from "../../host/contract.ts";
import { Button } from "./ui/button.tsx";
import { Field } from "./ui/field.tsx";
import { Mark } from "./ui/icon.tsx";
import "./gate.css";

/** For a tab without a key: takes the one-time code that `assent ui` printed. */
export default function CodeForm(): ReactElement {
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const open = async (event: FormEvent) => {
    event.preventDefault();
    const code = input.current?.value.trim() ?? "";
    if (code === "") {
      input.current?.focus();
      return setError(gateText.codeEmpty);
    }
    setBusy(true);
    const problem = await enterCode(code);
    setBusy(false);
    if (problem === undefined) return window.location.reload();
    if (input.current !== null) {
      input.current.value = "";
      input.current.focus();
    }
    setError(problem);
  };
  return (
    <form className="gate-form" onSubmit={(event) => void open(event)}>
      <Mark />
      <h1>{gateText.codeTitle}</h1>
      <p>
        {gateText.codeHint} <code>{gateText.codeCommand}</code>
      </p>
      <Field
        ref={input}
        label={gateText.codeLabel}
        error={error}
        dir="ltr"
        className="code-input"
        maxLength={32}
      />
      <Button type="submit" kind="primary" busy={isBusy}>
        {gateText.open}
      </Button>
    </form>
  );
}

// Keeps the key; else what is wrong.
async function enterCode(code: string): Promise<string | undefined> {
  try {
    const response = await fetch(sessionPath, {
      method: "POST",
      body: new URLSearchParams({ [codeField]: code }),
    });
    const answer = (await response.json()) as SessionAnswer;
    if ("key" in answer) {
      window.sessionStorage.setItem(pageKeyItem, answer.key);
      return undefined;
    }
    return answer.error === "wrong"
      ? wrongCodeText(answer.triesLeft)
      : answer.error === "later"
        ? gateText.codeLater
        : gateText.codeNone;
  } catch {
    return gateText.codeFailed;
  }
}
