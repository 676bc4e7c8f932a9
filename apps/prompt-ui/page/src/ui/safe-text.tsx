// SPDX-License-Identifier: Apache-2.0
import { makeSafe } from "@assent/wording";
import {
  createElement,
  Fragment,
  type ReactElement,
  type ReactNode,
} from "react";
import "./safe-text.css";

/**
 * Text from outside, safe to show: what cannot be seen stands there as a chip
 * (`U+202E`), and the text has its own direction, so that it moves nothing
 * around it (T21, PRM-006). Names, titles, anything foreign goes through here;
 * sentences of the catalogue may, too.
 */
export function SafeText({
  text,
  maxLength,
}: {
  readonly text: string;
  /** Most characters; the middle is left out of what is longer. */
  readonly maxLength?: number;
}): ReactElement {
  const safe = makeSafe(text, maxLength === undefined ? {} : { maxLength });
  return createElement("bdi", null, ...withChips(safe));
}

/** Path of a file: from left to right, never cut, its last component in bold. */
export function PathText({ path }: { readonly path: string }): ReactElement {
  const safe = makeSafe(path);
  const at = safe.lastIndexOf("/") + 1;
  return createElement(
    "bdi",
    { className: "path", dir: "ltr" },
    ...withChips(safe.slice(0, at)),
    createElement("b", null, ...withChips(safe.slice(at))),
  );
}

/**
 * A sentence of the catalogue that contains names: each of them is set apart,
 * so that its direction is its own. The names are those that the sentence was
 * made with, already safe.
 */
export function Sentence({
  text,
  names = [],
}: {
  readonly text: string;
  readonly names?: readonly (string | undefined)[];
}): ReactElement {
  const known = names
    .filter((name) => name !== undefined && name !== "")
    .sort((a = "", b = "") => b.length - a.length);
  return createElement(Fragment, null, ...setApart(text, known as string[]));
}

function setApart(text: string, names: readonly string[]): ReactNode[] {
  const [name, ...others] = names;
  if (name === undefined) return withChips(text);
  return text
    .split(name)
    .flatMap((part, at) => [
      ...(at === 0 ? [] : [createElement("bdi", null, ...withChips(name))]),
      ...setApart(part, others),
    ]);
}

const escapes = /<(U\+[0-9A-F]{4,6}|0x[89A-F][0-9A-F]|…)>/;

// Every second part is what stood between the brackets of an escape.
function withChips(safe: string): ReactNode[] {
  return safe
    .split(escapes)
    .map((part, at) =>
      at % 2 === 0
        ? part
        : createElement("span", { className: "escape" }, part),
    );
}
