// SPDX-License-Identifier: Apache-2.0

/** What a signal of the login manager says of its user. */
export type LoginSignal =
  | { readonly kind: "going-to-sleep" }
  /** The screen of this session is locked, or about to be. */
  | { readonly kind: "screen-locked"; readonly sessionPath: string };

const line =
  /^(\/org\/freedesktop\/login1[\w/]*): ([\w.]+)\.(\w+) \((.*)\)\s*$/;
const session = /^\/org\/freedesktop\/login1\/session\/\w+$/;

/**
 * Reads one line of `gdbus monitor`, which passes on only what the owner of
 * org.freedesktop.login1 sent. Undefined: the line tells nothing of this kind.
 * Source: org.freedesktop.login1(5).
 */
export function readLoginSignal(text: string): LoginSignal | undefined {
  const [, path = "", sender, member, values = ""] = line.exec(text) ?? [];
  switch (`${sender}.${member}`) {
    case "org.freedesktop.login1.Manager.PrepareForSleep":
      return values === "true," ? { kind: "going-to-sleep" } : undefined;
    case "org.freedesktop.login1.Session.Lock":
      return lockOf(path);
    case "org.freedesktop.DBus.Properties.PropertiesChanged":
      return values.includes("'LockedHint': <true>") ? lockOf(path) : undefined;
    default:
      return undefined;
  }
}

function lockOf(path: string): LoginSignal | undefined {
  return session.test(path)
    ? { kind: "screen-locked", sessionPath: path }
    : undefined;
}

/** The user id in what `gdbus call` prints of a session's property User. */
export function readSessionUser(text: string): number | undefined {
  const [, id] = /^\(<\(uint32 (\d{1,10}), /.exec(text) ?? [];
  return id === undefined ? undefined : Number(id);
}
