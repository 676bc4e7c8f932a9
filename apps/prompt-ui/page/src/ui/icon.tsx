// SPDX-License-Identifier: Apache-2.0
import type { ReactElement } from "react";
import "./icon.css";

const shapes = {
  requests: "M6.5 16.5v-5a5.5 5.5 0 0 1 11 0v5l1.7 2.2H4.8zM10.2 21.3h3.6",
  access:
    "M10.2 13.8a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M13.8 10.2a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2",
  activity:
    "M9.5 6.5h10M9.5 12h10M9.5 17.5h10M4.8 6.5h.01M4.8 12h.01M4.8 17.5h.01",
  accounts:
    "M12 12.2a3.9 3.9 0 1 0 0-7.8 3.9 3.9 0 0 0 0 7.8M4.8 20.2c.9-3.4 3.7-5.2 7.2-5.2s6.3 1.8 7.2 5.2",
  items: "M4 8.2 12 4l8 4.2v7.6L12 20l-8-4.2zM4 8.2l8 4.3 8-4.3M12 12.5V20",
  settings:
    "M4.5 7.2h8.3M17.2 7.2h2.3M4.5 16.8h2.3M11.2 16.8h8.3M15 9.4A2.2 2.2 0 1 0 15 5a2.2 2.2 0 0 0 0 4.4M9 19a2.2 2.2 0 1 0 0-4.4A2.2 2.2 0 0 0 9 19",
  lock: "M7 10.5h10a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5.5a2 2 0 0 1 2-2M8.2 10.5V8.3a3.8 3.8 0 0 1 7.6 0v2.2",
  unlock:
    "M7 10.5h10a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5.5a2 2 0 0 1 2-2M8.2 10.5V8.3a3.8 3.8 0 0 1 7.3-1.5",
  info: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M12 11.2v4.9M12 8h.01",
  warning: "M12 4.5 3.3 19.3h17.4zM12 10.2v4M12 16.8h.01",
  key: "M8.2 19.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8M11 12.7l8-8M16.2 7.5l2.6 2.6M13.5 10.2l1.7 1.7",
  write:
    "M4.5 19.5h3.7L19 8.7a2.6 2.6 0 0 0-3.7-3.7L4.5 15.8zM13.6 6.7l3.7 3.7",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M12 7.3V12l3.2 2",
  show: "M2.8 12S6 5.8 12 5.8 21.2 12 21.2 12 18 18.2 12 18.2 2.8 12 2.8 12M12 14.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4",
  hide: "M9.7 6.1a8.8 8.8 0 0 1 2.3-.3c6 0 9.2 6.2 9.2 6.2a16 16 0 0 1-2.5 3.3M6.3 7.7A15.6 15.6 0 0 0 2.8 12S6 18.2 12 18.2a8.6 8.6 0 0 0 4.7-1.4M4.5 4.5l15 15",
  expand: "m7 10 5 5 5-5",
  forward: "m9.5 6.5 5.5 5.5-5.5 5.5",
  terminal: "m5.5 8 4 4-4 4M12 16.5h6.5",
  interpreter:
    "M9.5 4.5c-2.2 0-2.7 1-2.7 2.8 0 2.4.1 4.1-2.3 4.7 2.4.6 2.3 2.3 2.3 4.7 0 1.8.5 2.8 2.7 2.8M14.5 4.5c2.2 0 2.7 1 2.7 2.8 0 2.4-.1 4.1 2.3 4.7-2.4.6-2.3 2.3-2.3 4.7 0 1.8-.5 2.8-2.7 2.8",
  file: "M7 3.5h6.5L18 8v12.5H7zM13.3 3.7v4.5h4.5",
  check: "m5.5 12.5 4.3 4.3 8.7-9.3",
  cross: "m6.5 6.5 11 11M17.5 6.5l-11 11",
  menu: "M4.5 7h15M4.5 12h15M4.5 17h15",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  add: "M12 5v14M5 12h14",
  remove: "M5 7.5h14M9.5 7.5V5h5v2.5M7 7.5l.8 12h8.4l.8-12M10.3 11v5M13.7 11v5",
  copy: "M9 9h9.5v10.5H9zM5.5 15V4.5H15",
  search: "M11 17.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.8 15.8l4 4",
  refresh: "M19 12a7 7 0 1 1-2-4.9L19.5 9.5M19.5 5v4.5H15",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14",
  narrow: "M4.5 6.5h15M7.5 12h9M10.5 17.5h3",
  offline:
    "M4.5 4.5l15 15M8.5 9.5A5 5 0 0 0 8 17.5h8.5M11 7.3A5 5 0 0 1 16.8 11a3.7 3.7 0 0 1 2.7 5.2",
} as const;

/** Name of an icon. */
export type IconName = keyof typeof shapes;

/** A drawing in the colour of the text around it; says nothing to screen readers. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}

/** The mark of Assent. */
export function Mark(): ReactElement {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect x="1" y="1" width="30" height="30" rx="9" />
      <path d="M8.3 22.6 14.5 9.3c.6-1.2 2.3-1.2 2.9 0l1.7 3.9M13.8 18.4l4.2 4.2 6.2-8.2" />
    </svg>
  );
}
