// SPDX-License-Identifier: Apache-2.0
import {
  type ComponentProps,
  type ReactElement,
  type ReactNode,
  useId,
} from "react";
import "./field.css";

/** What stands around an input. */
export interface FieldFrame {
  readonly label: ReactNode;
  /** What is wrong; read aloud when it appears. */
  readonly error?: string | undefined;
  /** What to know before typing. */
  readonly hint?: ReactNode;
}

/** Properties of `Field`; what an `<input>` takes otherwise, too. */
export interface FieldProps extends ComponentProps<"input">, FieldFrame {}

/** A line of text with its label. For passwords there is `PasswordField`. */
export function Field({
  label,
  error,
  hint,
  ...input
}: FieldProps): ReactElement {
  const own = useId();
  const id = input.id ?? own;
  return (
    <Framed {...{ id, label, error, hint }}>
      <span className="field-box" data-invalid={error !== undefined}>
        <input
          type="text"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...input}
          {...framedBy(id, error, hint)}
        />
      </span>
    </Framed>
  );
}

/** Attributes that tie an input to its label, hint and error. */
export function framedBy(
  id: string,
  error: string | undefined,
  hint: ReactNode,
): { id: string; "aria-invalid": boolean; "aria-describedby"?: string } {
  const described = [
    ...(error === undefined ? [] : [`${id}-error`]),
    ...(hint === undefined ? [] : [`${id}-hint`]),
  ].join(" ");
  return {
    id,
    "aria-invalid": error !== undefined,
    ...(described === "" ? {} : { "aria-describedby": described }),
  };
}

/** Label, hint and error around an input of any kind. */
export function Framed({
  id,
  label,
  error,
  hint,
  children,
}: FieldFrame & {
  readonly id: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      <p className="field-error" id={`${id}-error`} role="alert">
        {error}
      </p>
      {hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
