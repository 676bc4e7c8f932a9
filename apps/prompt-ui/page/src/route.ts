// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from "react";

/** The screens, in the order of the navigation. */
export const screens = [
  "requests",
  "access",
  "activity",
  "accounts",
  "items",
  "settings",
] as const;

/** A screen of the page. */
export type Screen = (typeof screens)[number];

/** Where the page is: `#/items/abc` is the screen "items" and the rest "abc". */
export interface Route {
  readonly screen: Screen;
  /** What follows the screen, decoded; may be empty. Not to be trusted. */
  readonly rest: readonly string[];
}

/** Read the part of the address after `#`. What is no screen is the first one. */
export function parseRoute(hash: string): Route {
  const [name = "", ...rest] = hash
    .replace(/^#?\/?/, "")
    .split("/")
    .map(decode);
  const screen = screens.find((known) => known === name);
  return screen === undefined
    ? { screen: "requests", rest: [] }
    : { screen, rest: rest.filter((part) => part !== "") };
}

/** Address of a screen within the page, for `href`. */
export function linkTo(screen: Screen, ...rest: readonly string[]): string {
  return `#/${[screen, ...rest.map(encodeURIComponent)].join("/")}`;
}

/** The present route, and again at each change. */
export function useRoute(): Route {
  return parseRoute(
    useSyncExternalStore(
      (changed) => {
        window.addEventListener("hashchange", changed);
        return () => window.removeEventListener("hashchange", changed);
      },
      () => window.location.hash,
    ),
  );
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
