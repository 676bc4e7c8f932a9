// SPDX-License-Identifier: Apache-2.0
import { type ComponentProps, type ReactElement, useId } from "react";
import { type FieldFrame, Framed, framedBy } from "./field.tsx";
import "./text-area.css";

/** Several lines of text with their label. */
export function TextArea({
  label,
  error,
  hint,
  ...area
}: ComponentProps<"textarea"> & FieldFrame): ReactElement {
  const own = useId();
  const id = area.id ?? own;
  return (
    <Framed {...{ id, label, error, hint }}>
      <span className="field-box" data-invalid={error !== undefined}>
        <textarea
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          dir="auto"
          {...area}
          {...framedBy(id, error, hint)}
        />
      </span>
    </Framed>
  );
}
