// SPDX-License-Identifier: Apache-2.0
import type { ReactElement, ReactNode } from "react";
import { Icon, type IconName, Mark } from "./icon.tsx";
import "./empty.css";

/** What a view says when it has nothing to show, or cannot. */
export function Empty({
  icon,
  title,
  level = 2,
  children,
}: {
  /** By default the mark of Assent. */
  readonly icon?: IconName;
  readonly title: string;
  /** Of its heading: 1 where it is all of the screen. */
  readonly level?: 1 | 2;
  readonly children?: ReactNode;
}): ReactElement {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className="empty">
      {icon === undefined ? <Mark /> : <Icon name={icon} />}
      <Heading tabIndex={level === 1 ? -1 : undefined}>{title}</Heading>
      {children}
    </div>
  );
}
