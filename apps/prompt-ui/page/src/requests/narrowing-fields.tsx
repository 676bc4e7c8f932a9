// SPDX-License-Identifier: Apache-2.0
import { Access } from "@assent/protocol";
import {
  asAskedText,
  durationText,
  type Narrowing,
  requestText,
} from "@assent/wording";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { type ReactElement, type ReactNode, useId } from "react";
import { Field } from "../ui/field.tsx";
import { SafeText } from "../ui/safe-text.tsx";
import type { Card } from "./card.ts";
import { dispatch } from "./live-requests.ts";
import "./narrowing-fields.css";

type Change = (part: Narrowing) => void;

/** The ways to allow less than asked. A chunk of its own: no request needs it. */
export default function NarrowingFields({
  card,
}: {
  readonly card: Card;
}): ReactElement | null {
  const { scope, inactivityTimeout } = card.prompt.body;
  if (scope === undefined || inactivityTimeout === undefined) return null;
  const change: Change = (part) =>
    dispatch({ kind: "narrow", narrowing: { ...card.narrowing, ...part } });
  return (
    <fieldset className="narrowing-fields" disabled={card.phase !== "open"}>
      <legend className="unseen">{requestText.allowLess}</legend>
      {scope.access === Access.READ_WRITE && (
        <Tick
          checked={card.narrowing.readOnly === true}
          onChange={(readOnly) => change({ readOnly: readOnly || undefined })}
        >
          {requestText.onlyReading}
        </Tick>
      )}
      <OnlySome card={card} change={change} />
      <Shorter
        askedMs={durationMs(inactivityTimeout)}
        minutes={card.narrowing.minutes}
        change={change}
      />
    </fieldset>
  );
}

// The names that were asked for, to untick; of everything, names to type.
function OnlySome({
  card,
  change,
}: {
  readonly card: Card;
  readonly change: Change;
}): ReactElement | null {
  const extent = card.prompt.body.scope?.extent;
  const { only } = card.narrowing;
  if (extent?.case === "everyVault") {
    const take = (text: string) => {
      const names = text
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "");
      if (names.join() !== (only ?? []).join()) {
        change({ only: names.length === 0 ? undefined : names });
      }
    };
    return (
      <Field
        label={requestText.onlyVaults}
        hint={requestText.onlyVaultsHint}
        maxLength={4_096}
        defaultValue={only?.join(", ")}
        onChange={({ target }) => take(target.value)}
      />
    );
  }
  const isVaults = extent?.case === "vaults";
  const all = isVaults
    ? extent.value.vaults
    : extent?.case === "references"
      ? extent.value.references
      : [];
  if (all.length < 2) return null;
  const kept = new Set(only ?? all);
  const toggle = (changed: string, keeps: boolean) => {
    const names = all.filter((name) =>
      name === changed ? keeps : kept.has(name),
    );
    change({ only: names.length < all.length ? names : undefined });
  };
  return (
    <div className="narrowing-names">
      <p>{isVaults ? requestText.onlyVaults : requestText.onlySecrets}</p>
      {all.map((name) => (
        <Tick
          key={name}
          checked={kept.has(name)}
          onChange={(keeps) => toggle(name, keeps)}
        >
          <SafeText text={name} />
        </Tick>
      ))}
    </div>
  );
}

const shorterMinutes = [1, 2, 5];

function Shorter({
  askedMs,
  minutes,
  change,
}: {
  readonly askedMs: number;
  readonly minutes: number | undefined;
  readonly change: Change;
}): ReactElement | null {
  const id = useId();
  const shorter = shorterMinutes.filter((few) => few * 60_000 < askedMs);
  if (shorter.length === 0) return null;
  return (
    <div className="field">
      <label htmlFor={id}>{requestText.idleFor}</label>
      <span className="field-box">
        <select
          id={id}
          value={minutes ?? ""}
          onChange={({ target: { value } }) =>
            change({ minutes: value === "" ? undefined : Number(value) })
          }
        >
          <option value="">{asAskedText(durationText(askedMs))}</option>
          {shorter.map((few) => (
            <option key={few} value={few}>
              {durationText(few * 60_000)}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
}

function Tick({
  checked,
  onChange,
  children,
}: {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <label className="tick">
      <input
        type="checkbox"
        checked={checked}
        onChange={({ target }) => onChange(target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
