// SPDX-License-Identifier: Apache-2.0
import type { ReactElement, ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";
import "./notice.css";

/** How much a notice matters. */
export type NoticeKind = "info" | "caution" | "danger" | "good";

const icons: Readonly<Record<NoticeKind, IconName>> = {
  info: "info",
  caution: "warning",
  danger: "warning",
  good: "check",
};

/** A sentence that stands out, with an icon. `live` reads it aloud when it appears. */
export function Notice({
  kind,
  title,
  live = false,
  children,
}: {
  readonly kind: NoticeKind;
  /** In bold, before the rest. */
  readonly title?: ReactNode;
  readonly live?: boolean;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div className={`notice notice-${kind}`} role={live ? "status" : undefined}>
      <Icon name={icons[kind]} />
      <p>
        {title !== undefined && <strong>{title}</strong>} {children}
      </p>
    </div>
  );
}
