// SPDX-License-Identifier: Apache-2.0

// What it takes to reach the desktop, in the user's language.
const kept: ReadonlySet<string> = new Set([
  "HOME",
  "LANG",
  "LANGUAGE",
  "TZ",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "XDG_RUNTIME_DIR",
  "XDG_SESSION_TYPE",
  "XDG_CURRENT_DESKTOP",
  "DBUS_SESSION_BUS_ADDRESS",
]);

/** Leave this process nothing that loads code into what it starts, or names another program (T14). */
export function cleanEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) {
    if (!kept.has(name) && !/^LC_[A-Z]+$/.test(name)) delete environment[name];
  }
  environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
}
