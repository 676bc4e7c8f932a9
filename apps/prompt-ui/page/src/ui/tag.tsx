// SPDX-License-Identifier: Apache-2.0
import type { ReactElement, ReactNode } from "react";
import "./tag.css";

/** A word in a box: `plain` and `claim` (dashed, for what is not checked), or how something came out. */
export function Tag({
  kind = "plain",
  children,
}: {
  readonly kind?: "plain" | "claim" | "good" | "bad" | "caution";
  readonly children: ReactNode;
}): ReactElement {
  return <span className={`tag tag-${kind}`}>{children}</span>;
}
