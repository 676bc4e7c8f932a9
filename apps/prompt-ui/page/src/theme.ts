// SPDX-License-Identifier: Apache-2.0

/** How the page looks: as chosen, or as the system says. */
export type Theme = "light" | "dark" | "system";

/** The choices, in the order they are offered. */
export const themes: readonly Theme[] = ["system", "light", "dark"];

// The only thing that the page keeps beyond its tab.
const itemName = "assent-theme";

/** What is kept of it, read safely: anything else is "system". */
export function readTheme(
  storage: () => Pick<Storage, "getItem"> = ownStorage,
): Theme {
  try {
    const kept = storage().getItem(itemName);
    return themes.find((theme) => theme === kept) ?? "system";
  } catch {
    return "system";
  }
}

/** Keep the choice, where the browser lets it be kept. */
export function keepTheme(
  theme: Theme,
  storage: () => Pick<Storage, "setItem" | "removeItem"> = ownStorage,
): void {
  try {
    if (theme === "system") storage().removeItem(itemName);
    else storage().setItem(itemName, theme);
  } catch {
    // It holds until the page is loaded again.
  }
}

/** Show the page so. */
export function applyTheme(theme: Theme): void {
  document.documentElement.style.colorScheme =
    theme === "system" ? "light dark" : theme;
}

// A browser that keeps nothing throws already when it is asked for the place.
function ownStorage(): Storage {
  return window.localStorage;
}
