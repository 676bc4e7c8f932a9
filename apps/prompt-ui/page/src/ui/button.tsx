// SPDX-License-Identifier: Apache-2.0
import type { ComponentProps, ReactElement } from "react";
import { Icon, type IconName } from "./icon.tsx";
import "./button.css";

/** A button's weight: one `primary` in a view at most; `danger` for what cannot be undone. */
export type ButtonKind = "primary" | "secondary" | "danger" | "quiet" | "link";

/** Properties of `Button`; what a `<button>` takes otherwise, too. */
export interface ButtonProps extends ComponentProps<"button"> {
  readonly kind?: ButtonKind;
  /** 34 px high, for rows. */
  readonly small?: boolean;
  readonly icon?: IconName;
  /** Nothing but the icon is seen; `children` is its name. */
  readonly iconOnly?: boolean;
  /** Something is on its way: it cannot be pressed, and says so. */
  readonly busy?: boolean;
}

/** A button. It submits a form only with `type="submit"`. */
export function Button({
  kind = "secondary",
  small = false,
  icon,
  iconOnly = false,
  busy = false,
  className = "",
  children,
  disabled,
  ...rest
}: ButtonProps): ReactElement {
  const classes = ["button", `button-${kind}`];
  if (small) classes.push("button-small");
  if (iconOnly) classes.push("button-icon");
  if (className !== "") classes.push(className);
  return (
    <button
      type="button"
      {...rest}
      className={classes.join(" ")}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
    >
      {icon !== undefined && <Icon name={icon} />}
      {iconOnly ? <span className="unseen">{children}</span> : children}
    </button>
  );
}
