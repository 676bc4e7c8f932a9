// SPDX-License-Identifier: Apache-2.0
import type { ComponentProps, ReactElement } from "react";
import "./switch.css";

/** Something that is on or off, and changes at once. Name it with `aria-labelledby`. */
export function Switch({
  isOn,
  ...rest
}: Omit<ComponentProps<"button">, "type" | "role"> & {
  readonly isOn: boolean;
}): ReactElement {
  return (
    <button
      {...rest}
      type="button"
      role="switch"
      aria-checked={isOn}
      className="switch"
    >
      <span />
    </button>
  );
}
