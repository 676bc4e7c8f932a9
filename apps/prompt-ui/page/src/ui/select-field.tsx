// SPDX-License-Identifier: Apache-2.0
import { type ComponentProps, type ReactElement, useId } from "react";
import { type FieldFrame, Framed, framedBy } from "./field.tsx";
import "./select-field.css";

/** One of the things to choose. */
export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** A choice out of a few, with its label. `onChoose` is told the value. */
export function SelectField({
  label,
  error,
  hint,
  choices,
  onChoose,
  ...select
}: Omit<ComponentProps<"select">, "onChange"> &
  FieldFrame & {
    readonly choices: readonly Choice[];
    readonly onChoose: (value: string) => void;
  }): ReactElement {
  const own = useId();
  const id = select.id ?? own;
  return (
    <Framed {...{ id, label, error, hint }}>
      <span className="field-box" data-invalid={error !== undefined}>
        <select
          {...select}
          {...framedBy(id, error, hint)}
          onChange={(event) => onChoose(event.target.value)}
        >
          {choices.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </span>
    </Framed>
  );
}

/** A box to be ticked, with what it means beside it. */
export function CheckField({
  label,
  ...input
}: Omit<ComponentProps<"input">, "type"> & {
  readonly label: string;
}): ReactElement {
  return (
    <label className="check-field">
      <input {...input} type="checkbox" />
      <span>{label}</span>
    </label>
  );
}
