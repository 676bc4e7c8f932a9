// SPDX-License-Identifier: Apache-2.0
import { type ReactElement, type ReactNode, useRef, useState } from "react";
import { Button, type ButtonKind } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";

/** Something of an account that is changed in a form, which opens at a button. */
export function Section({
  title,
  hint,
  button,
  kind = "secondary",
  children,
  content,
}: {
  readonly title: string;
  readonly hint: ReactNode;
  /** Opens the form. */
  readonly button: string;
  readonly kind?: ButtonKind;
  /** The form; `close` closes it, and gives the focus back. */
  readonly children: (close: () => void) => ReactNode;
  /** What stands there always, before the form. */
  readonly content?: ReactNode;
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    window.setTimeout(() => opener.current?.focus());
  };
  return (
    <Panel
      title={title}
      actions={
        <Button
          ref={opener}
          small
          kind={kind}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {button}
        </Button>
      }
    >
      <div className="panel-body">
        <p className="form-hint">{hint}</p>
        {content}
        {isOpen && children(close)}
      </div>
    </Panel>
  );
}
