// SPDX-License-Identifier: Apache-2.0
import { makeSafe } from "@assent/wording";
import type { ReactElement } from "react";
import "./avatar.css";

/** An account's first letter on a colour of its own, to tell accounts apart at a glance. */
export function Avatar({
  id,
  name,
}: {
  /** The colour comes from it. */
  readonly id: string;
  readonly name: string;
}): ReactElement {
  return (
    <span className="avatar" data-hue={hueOf(id)} aria-hidden="true">
      {firstLetter(makeSafe(name))}
    </span>
  );
}

const hues = 6;

function hueOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) | 0;
  return Math.abs(sum) % hues;
}

function firstLetter(name: string): string {
  const letter = /[\p{L}\p{N}]\p{M}*/u.exec(name)?.[0] ?? "?";
  return letter.toLocaleUpperCase();
}
