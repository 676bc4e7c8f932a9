// SPDX-License-Identifier: Apache-2.0

type Environment = Readonly<Record<string, string | undefined>>;

// What it takes to draw, on a terminal or a desktop, in the user's language.
const kept = new Set([
  "HOME",
  "LANG",
  "LANGUAGE",
  "TZ",
  "TERM",
  "COLORTERM",
  "NO_COLOR",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "XDG_RUNTIME_DIR",
  "XDG_SESSION_TYPE",
  "XDG_CURRENT_DESKTOP",
  "DBUS_SESSION_BUS_ADDRESS",
]);

/**
 * The environment of a surface: nothing that loads code into it, and nothing
 * that leads it to another program or broker (T14). No PATH: what it starts it
 * names in full.
 */
export function surfaceEnvironment(own: Environment): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined) continue;
    if (kept.has(name) || /^LC_[A-Z]+$/.test(name)) clean[name] = value;
  }
  return clean;
}
