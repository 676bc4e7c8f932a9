// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import { ofAccount, recoveryPartText, recoveryText } from "@assent/wording";
import {
  type FormEvent,
  type ReactElement,
  useEffect,
  useReducer,
  useRef,
  useState,
} from "react";
import { useUnfinished } from "../../come-here.ts";
import { CredentialForm } from "../../credential/credential-form.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { makeRecoveryCode } from "./account-calls.ts";
import {
  forget,
  type RecoveryCode,
  type RecoveryStage,
  stepRecovery,
} from "./recovery-code.ts";

const asking: RecoveryStage = { stage: "asking" };

/** Makes a recovery code, shows it once, and asks for a part of it. After that it is nowhere on the page. */
export function RecoverySheet({
  account,
  onDone,
  later,
}: {
  readonly account: AccountRef;
  /** It was confirmed. */
  readonly onDone: () => void;
  /** Leave without one. */
  readonly later: { readonly text: string; readonly run: () => void };
}): ReactElement | null {
  const [now, step] = useReducer(stepRecovery, asking);
  const latest = useRef(now);
  latest.current = now;
  useEffect(() => () => forget(latest.current), []);
  useUnfinished(now.stage === "shown" || now.stage === "confirming");
  const leave = () => {
    step({ kind: "left" });
    later.run();
  };
  switch (now.stage) {
    case "asking":
      return (
        <>
          <p className="form-hint">{recoveryText.lead}</p>
          <CredentialForm
            account={account}
            submit={recoveryText.make}
            icon="key"
            run={async (credential) =>
              step({ kind: "made", code: await makeRecoveryCode(credential) })
            }
          />
          <Button kind="link" className="start" onClick={leave}>
            {later.text}
          </Button>
        </>
      );
    case "shown":
      return (
        <Shown
          account={account}
          code={now.code}
          kept={() => step({ kind: "kept", chance: randomPart() })}
        />
      );
    case "confirming":
      return (
        <Confirming
          part={now.part + 1}
          parts={now.code.groups().length}
          isWrong={now.isWrong}
          typed={(text) => step({ kind: "typed", text })}
          again={() => step({ kind: "again" })}
        />
      );
    case "confirmed":
      return <Confirmed onDone={onDone} />;
    case "left":
      return null;
  }
}

function Shown({
  account,
  code,
  kept,
}: {
  readonly account: AccountRef;
  readonly code: RecoveryCode;
  readonly kept: () => void;
}): ReactElement {
  const [copied, setCopied] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code.groups().join("-"));
      setCopied(recoveryText.copied);
    } catch {
      setCopied(recoveryText.copyFailed);
    }
  };
  return (
    <div className="recovery" ref={box} tabIndex={-1}>
      <p className="form-hint">{recoveryText.lead}</p>
      <div className="recovery-sheet">
        <b>{ofAccount(recoveryText.heading, account.name)}</b>
        <ol className="recovery-code" aria-label={recoveryText.heading}>
          {code.groups().map((group, at) => (
            <li key={at}>{group}</li>
          ))}
        </ol>
        <small>{recoveryText.printed}</small>
      </div>
      <Notice kind="caution" title={recoveryText.once}>
        {recoveryText.replaces}
      </Notice>
      <div className="form-actions">
        <Button kind="primary" icon="check" onClick={kept}>
          {recoveryText.kept}
        </Button>
        <Button icon="copy" onClick={() => void copy()}>
          {recoveryText.copy}
        </Button>
        <Button icon="file" onClick={() => window.print()}>
          {recoveryText.print}
        </Button>
      </div>
      <p className="form-hint" role="status">
        {copied}
      </p>
    </div>
  );
}

function Confirming({
  part,
  parts,
  isWrong,
  typed,
  again,
}: {
  readonly part: number;
  readonly parts: number;
  readonly isWrong: boolean;
  readonly typed: (text: string) => void;
  readonly again: () => void;
}): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const field = input.current;
    typed(field?.value ?? "");
    if (field !== null) field.value = "";
    field?.focus();
  };
  return (
    <form className="credential-form" onSubmit={submit}>
      <p className="form-hint">{recoveryText.check}</p>
      <Field
        ref={input}
        label={recoveryPartText(part, parts)}
        error={isWrong ? recoveryText.wrong : undefined}
        autoCapitalize="characters"
        maxLength={16}
      />
      <div className="form-actions">
        <Button type="submit" kind="primary">
          {recoveryText.confirm}
        </Button>
        <Button kind="quiet" onClick={again}>
          {recoveryText.again}
        </Button>
      </div>
    </form>
  );
}

function Confirmed({ onDone }: { readonly onDone: () => void }): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <>
      <Notice kind="good" live>
        {recoveryText.confirmed}
      </Notice>
      <div className="form-actions">
        <Button ref={button} kind="primary" onClick={onDone}>
          {recoveryText.go}
        </Button>
      </div>
    </>
  );
}

function randomPart(): number {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number / 2 ** 32;
}
