// SPDX-License-Identifier: Apache-2.0
import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import { Button, type ButtonProps } from "./button.tsx";
import "./menu.css";

/** One entry of a menu. */
export interface MenuItem {
  readonly key: string;
  readonly text: ReactNode;
  /** A second line, in small. */
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
}

/**
 * A button that opens a menu: arrows, Home and End move in it, Esc closes it
 * (and does nothing else), Tab leaves it. `button` are the properties of the
 * button, `label` its name.
 */
export function Menu({
  label,
  items,
  button,
  opens = "down",
}: {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly button?: ButtonProps;
  readonly opens?: "down" | "up";
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    entries(box.current)[0]?.focus();
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [isOpen]);
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return;
    // Nothing that is pressed in a menu means anything outside.
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") {
      setOpen(false);
    } else {
      move(event, entries(box.current));
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the menu bubble up to here
    <div className={`menu menu-${opens}`} ref={box} onKeyDown={onKeyDown}>
      <Button
        {...button}
        ref={opener}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </Button>
      {isOpen && (
        <div className="menu-list" role="menu" aria-label={label}>
          {items.map(({ key, text, hint, disabled, onSelect }) => (
            <button
              key={key}
              type="button"
              role="menuitem"
              tabIndex={-1}
              disabled={disabled}
              onClick={() => {
                close();
                onSelect();
              }}
            >
              {text}
              {hint !== undefined && <small>{hint}</small>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function entries(box: HTMLElement | null): HTMLElement[] {
  return [
    ...(box?.querySelectorAll<HTMLElement>(
      '[role="menuitem"]:not(:disabled)',
    ) ?? []),
  ];
}

function move(event: KeyboardEvent, all: readonly HTMLElement[]): void {
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to =
    event.key === "ArrowDown"
      ? all[(at + 1) % all.length]
      : event.key === "ArrowUp"
        ? all.at(at <= 0 ? -1 : at - 1)
        : event.key === "Home"
          ? all[0]
          : event.key === "End"
            ? all.at(-1)
            : undefined;
  if (to === undefined) return;
  event.preventDefault();
  to.focus();
}
