// SPDX-License-Identifier: Apache-2.0
import {
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useRef,
} from "react";
import "./dialog.css";

/**
 * A question over everything else, while it is rendered. The browser keeps the
 * focus inside and gives it back; Esc and `onClose` are the way out. Put the
 * buttons in `actions`, and a `<form>` around fields of your own.
 */
export function Dialog({
  title,
  onClose,
  actions,
  children,
}: {
  readonly title: string;
  /** Asked to close: by Esc, or a click beside it. Stop rendering it. */
  readonly onClose: () => void;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}): ReactElement {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc does the same
    <dialog
      ref={box}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
    >
      <div className="dialog-content">
        <h2 id={id}>{title}</h2>
        {children}
        {actions !== undefined && (
          <div className="dialog-actions">{actions}</div>
        )}
      </div>
    </dialog>
  );
}
