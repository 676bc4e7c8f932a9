// SPDX-License-Identifier: Apache-2.0
import { frameText } from "@assent/wording";
import {
  type ComponentProps,
  type ReactElement,
  type RefObject,
  useId,
  useState,
} from "react";
import { type FieldFrame, Framed, framedBy } from "./field.tsx";
import { Icon } from "./icon.tsx";

/** Properties of `PasswordField`. It has no `value`: a password is never part of the state. */
export interface PasswordFieldProps
  extends FieldFrame,
    Omit<ComponentProps<"input">, "value" | "defaultValue" | "type" | "ref"> {
  /** To read it with `takePassword`. */
  readonly inputRef: RefObject<HTMLInputElement | null>;
}

/** A field for a password, which can be shown. Uncontrolled on purpose. */
export function PasswordField({
  label,
  error,
  hint,
  inputRef,
  ...input
}: PasswordFieldProps): ReactElement {
  const own = useId();
  const id = input.id ?? own;
  const [shown, setShown] = useState(false);
  return (
    <Framed {...{ id, label, error, hint }}>
      <span className="field-box" data-invalid={error !== undefined}>
        <input
          // A browser heeds "off" no more, and would offer to keep the password.
          autoComplete="one-time-code"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          {...input}
          {...framedBy(id, error, hint)}
          ref={inputRef}
          type={shown ? "text" : "password"}
          dir="auto"
        />
        <button
          type="button"
          className="field-reveal"
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          <Icon name={shown ? "hide" : "show"} />
          <span className="unseen">
            {shown ? frameText.hidePassword : frameText.showPassword}
          </span>
        </button>
      </span>
    </Framed>
  );
}

/**
 * Take what was typed as UTF-8 bytes and empty the field. Undefined: it is
 * empty. Whoever takes it fills it with zeros after use. (The browser may keep
 * copies of its own; SECURITY.md tells.)
 */
export function takePassword(
  input: HTMLInputElement | null,
): Uint8Array<ArrayBuffer> | undefined {
  if (input === null || input.value === "") return undefined;
  const bytes = new TextEncoder().encode(input.value);
  input.value = "";
  return bytes;
}
