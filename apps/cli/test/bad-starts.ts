// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  chownSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { exitCodes } from "../src/exit.ts";

/** A broker that cannot start, and what it says. */
export interface BadStart {
  readonly what: string;
  /** Makes it so, in an empty home, mode 0700. */
  readonly arrange?: (home: string) => void;
  /** Holds it so until it is disposed. */
  readonly hold?: (home: string) => Promise<Disposable>;
  /** By default the home is named by --home. */
  readonly environment?: (home: string) => Record<string, string>;
  readonly args?: (home: string) => readonly string[];
  /** Run under a shell command; "$@" is the broker, $0 its home. */
  readonly under?: string;
  readonly needs?: "root" | "mkfifo" | "unshare";
  readonly code: number;
  /** As docs/troubleshooting.md has it: PATH stands for paths, PID for process ids. */
  readonly line: string;
}

const { configuration, inUse, platform, usage } = exitCodes;
const stranger = 54_321;

const write =
  (name: string, text: string | Uint8Array, mode = 0o600) =>
  (home: string) => {
    mkdirSync(join(home, name, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, name), text);
    chmodSync(join(home, name), mode);
  };
const directory =
  (name: string, mode = 0o700) =>
  (home: string) => {
    mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
    chmodSync(join(home, name), mode);
  };
const link = (name: string, target: string) => (home: string) => {
  mkdirSync(join(home, name, ".."), { recursive: true, mode: 0o700 });
  symlinkSync(target, join(home, name));
};
const ofStranger =
  (make: (home: string) => void, name: string) => (home: string) => {
    make(home);
    chownSync(join(home, name), stranger, stranger);
  };
const instead = (make: (home: string) => void) => (home: string) => {
  rmSync(home, { recursive: true });
  make(home);
};
const all =
  (...steps: readonly ((home: string) => void)[]) =>
  (home: string) => {
    for (const step of steps) step(home);
  };
const database = (sql: string) => (home: string) => {
  const path = join(home, "activity.db");
  const made = new DatabaseSync(path);
  made.exec(sql);
  made.close();
  chmodSync(path, 0o600);
};
const listener = (name: string) => async (home: string) => {
  mkdirSync(join(home, "run"), { mode: 0o700 });
  const server = createServer();
  await new Promise<void>((listening) =>
    server.listen(join(home, name), listening),
  );
  return { [Symbol.dispose]: () => void server.close() };
};
const preload = (source: string) => () => ({
  NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(source)}"`,
});

const socketPlaces: readonly (readonly [
  string,
  (name: string) => (home: string) => void,
])[] = [
  ["a file", (name) => write(name, "mine")],
  ["a directory", (name) => directory(name)],
  ["a link", (name) => all(write("elsewhere", ""), link(name, "../elsewhere"))],
  ["a link that leads nowhere", (name) => link(name, "nowhere")],
];
const notASocket =
  "PATH is taken: something that is not a socket of ours is there: move it away";

const settings = (text: string | Uint8Array) => write("settings.json", text);
const mend = "mend the file, or remove it to have the defaults";

/** Every kind of bad start but those of the vault files. */
export const badStarts: readonly BadStart[] = [
  ...socketPlaces.flatMap(([what, put]): BadStart[] => [
    {
      what: `${what} at the owner's socket`,
      arrange: put("run/owner.sock"),
      code: inUse,
      line: notASocket,
    },
    {
      what: `${what} at the programs' socket, with the integration on`,
      arrange: all(
        put("run/broker.sock"),
        settings('{"integrationEnabled":true}'),
      ),
      code: inUse,
      line: notASocket,
    },
  ]),
  {
    what: "a program that listens at the owner's socket",
    hold: listener("run/owner.sock"),
    code: inUse,
    line: "PATH is taken: a program listens there: find and stop it",
  },
  {
    what: "a file for a home",
    arrange: instead((home) => writeFileSync(home, "")),
    code: configuration,
    line: "PATH is not a directory: move it away",
  },
  {
    what: "a home that is a link to nowhere",
    arrange: instead((home) => symlinkSync(`${home}.gone`, home)),
    code: configuration,
    line: "PATH is a link that leads nowhere: mend or remove it",
  },
  {
    what: "a home that is a link to itself",
    arrange: instead((home) => symlinkSync(home, home)),
    code: configuration,
    line: "PATH is a link that leads nowhere: mend or remove it",
  },
  {
    what: "a home that others can change",
    arrange: (home) => chmodSync(home, 0o777),
    code: configuration,
    line: "PATH can be changed by other users: run: chmod go-w 'PATH'",
  },
  {
    what: "a home of another user",
    arrange: (home) => chownSync(home, stranger, stranger),
    needs: "root",
    code: configuration,
    line: "PATH belongs to another user: use a directory of your own",
  },
  {
    what: "a relative ASSENT_HOME",
    environment: () => ({ ASSENT_HOME: "some/where" }),
    code: usage,
    line: "not an absolute path: some/where; HOME, ASSENT_HOME, ASSENT_ENDPOINT, XDG_DATA_HOME and XDG_RUNTIME_DIR have to begin with /",
  },
  {
    what: "a relative XDG_RUNTIME_DIR",
    environment: (home) => ({ HOME: home, XDG_RUNTIME_DIR: "some/where" }),
    code: usage,
    line: "not an absolute path: some/where/assent/broker.sock; HOME, ASSENT_HOME, ASSENT_ENDPOINT, XDG_DATA_HOME and XDG_RUNTIME_DIR have to begin with /",
  },
  {
    what: "an ASSENT_HOME whose socket's path is too long",
    environment: (home) => ({ ASSENT_HOME: join(home, "a".repeat(110)) }),
    code: usage,
    line: "the path of the socket is longer than 103 bytes: PATH; use a shorter one, with --home or ASSENT_HOME",
  },
  {
    what: "a HOME that is a file",
    arrange: all(directory("r"), write("home", "")),
    environment: (home) => ({
      HOME: join(home, "home"),
      XDG_RUNTIME_DIR: join(home, "r"),
    }),
    code: configuration,
    line: "PATH cannot be used (ENOTDIR): something on the way is no directory: move it away",
  },
  {
    what: "an XDG_RUNTIME_DIR of another user",
    arrange: ofStranger(directory("r"), "r"),
    environment: (home) => ({ HOME: home, XDG_RUNTIME_DIR: join(home, "r") }),
    needs: "root",
    code: configuration,
    line: "PATH belongs to another user: use a directory of your own",
  },
  {
    what: "an ASSENT_ENDPOINT in a directory that others can enter",
    arrange: directory("e", 0o755),
    environment: (home) => ({
      HOME: home,
      ASSENT_ENDPOINT: join(home, "e", "b.sock"),
    }),
    code: configuration,
    line: "PATH is open to others: run: chmod 700 'PATH'",
  },
  {
    what: "a file for a runtime directory",
    arrange: write("run", ""),
    code: configuration,
    line: "PATH is not a directory: move it away",
  },
  {
    what: "a link for a runtime directory",
    arrange: all(directory("other"), link("run", "other")),
    code: configuration,
    line: "PATH is not a directory: move it away",
  },
  {
    what: "a runtime directory that others can enter",
    arrange: directory("run", 0o755),
    code: configuration,
    line: "PATH is open to others: run: chmod 700 'PATH'",
  },
  {
    what: "a runtime directory of another user",
    arrange: ofStranger(directory("run"), "run"),
    needs: "root",
    code: configuration,
    line: "PATH belongs to another user: move it away",
  },
  {
    what: "a directory for a lock",
    arrange: directory("run/lock"),
    code: configuration,
    line: "PATH is not a lock file of ours: move it away",
  },
  {
    what: "a link for a lock",
    arrange: link("run/lock", "/etc/passwd"),
    code: configuration,
    line: "PATH is not a lock file of ours: move it away",
  },
  {
    what: "a lock of another user",
    arrange: ofStranger(write("run/lock", ""), "run/lock"),
    needs: "root",
    code: configuration,
    line: "PATH is not a lock file of ours: move it away",
  },
  ...["settings.json", "run/lock", "run/owner.sock", "activity.db"].map(
    (name): BadStart => ({
      what: `a pipe for ${name}`,
      arrange: name.startsWith("run/") ? directory("run") : () => {},
      under: `mkfifo -m 600 "$0/${name}" && exec "$@"`,
      needs: "mkfifo",
      code: name === "run/owner.sock" ? inUse : configuration,
      line: {
        "settings.json":
          "the settings file PATH is no regular file: move it away",
        "run/lock": "PATH is not a lock file of ours: move it away",
        "run/owner.sock": notASocket,
        "activity.db": "PATH is a link or no regular file; move it away",
      }[name] as string,
    }),
  ),
  {
    what: "a directory for settings",
    arrange: directory("settings.json"),
    code: configuration,
    line: "the settings file PATH is no regular file: move it away",
  },
  {
    what: "a link for settings",
    arrange: all(write("other", "{}"), link("settings.json", "other")),
    code: configuration,
    line: "the settings file PATH is no regular file: move it away",
  },
  ...[
    ["empty", ""],
    ["cut off", '{"integrationEnabled":'],
    ["a zero byte", "\0"],
  ].map(
    ([what, text = ""]): BadStart => ({
      what: `settings that are ${what}`,
      arrange: settings(text),
      code: configuration,
      line: `the settings file PATH is not JSON: ${mend}`,
    }),
  ),
  {
    what: "settings that are an array",
    arrange: settings("[]"),
    code: configuration,
    line: `the settings file PATH is not a JSON object: ${mend}`,
  },
  {
    what: "settings that are not text",
    arrange: settings(Buffer.from("fffe00", "hex")),
    code: configuration,
    line: "the settings file PATH is not text: mend the file, or remove it",
  },
  {
    what: "settings of megabytes",
    arrange: settings(" ".repeat(3_000_000)),
    code: configuration,
    line: "the settings file PATH is far too long: mend the file, or remove it",
  },
  {
    what: "a setting of a wrong type",
    arrange: settings('{"autoLockMs":"600000"}'),
    code: configuration,
    line: `the settings file PATH has a wrong autoLockMs: it is from 60000 to 86400000: ${mend}`,
  },
  {
    what: "a setting that there is not, of hostile text",
    arrange: settings('{"x\\u001b[2J\\n\\u202e":1}'),
    code: configuration,
    line: `the settings file PATH has x<U+001B>[2J<U+000A><U+202E>, which is no setting (they are integrationEnabled, autoLockMs, inactivityMs, webSurface): ${mend}`,
  },
  {
    what: "settings that others can change",
    arrange: write("settings.json", "{}", 0o666),
    code: configuration,
    line: "the settings file PATH can be changed by other users: look through it, then run: chmod 600 'PATH'",
  },
  {
    what: "settings of another user",
    arrange: ofStranger(settings("{}"), "settings.json"),
    needs: "root",
    code: configuration,
    line: "the settings file PATH belongs to another user: move it away",
  },
  ...["accounts", "activity"].flatMap((name): BadStart[] => [
    {
      what: `a file for ${name}`,
      arrange: write(name, ""),
      code: configuration,
      line: "PATH is not a directory: move it away",
    },
    {
      what: `${name} that others can enter`,
      arrange: directory(name, 0o755),
      code: configuration,
      line: "PATH is open to other users; run: chmod 700 'PATH'",
    },
  ]),
  {
    what: "a log that is text",
    arrange: write("activity.db", "hello, this is no database at all\n"),
    code: configuration,
    line: "PATH: it is damaged; move it away, and a new log begins",
  },
  {
    what: "a log that is another program's database",
    arrange: database("CREATE TABLE mine (x)"),
    code: configuration,
    line: "PATH: it is not an activity log of this version; move it away, and a new log begins",
  },
  {
    what: "a log of a later version",
    arrange: database(
      "CREATE TABLE log (x); PRAGMA application_id = 1095978055; PRAGMA user_version = 99",
    ),
    code: configuration,
    line: "PATH: it is not an activity log of this version; move it away, and a new log begins",
  },
  {
    what: "a directory for a log",
    arrange: directory("activity.db"),
    code: configuration,
    line: "PATH is a link or no regular file; move it away",
  },
  {
    what: "a log that others can read",
    arrange: write("activity.db", "", 0o644),
    code: configuration,
    line: "PATH is open to other users; run: chmod 600 'PATH'",
  },
  {
    what: "a directory for the log file",
    args: (home) => ["--log-file", home],
    code: configuration,
    line: "the log file PATH is a link or no regular file: name another",
  },
  {
    what: "a log file in a directory that is not there",
    args: (home) => ["--log-file", join(home, "none", "log")],
    code: configuration,
    line: "the log file PATH cannot be opened (ENOENT): name one in a directory that is there and that you can write to",
  },
  {
    what: "a level that there is not",
    args: () => ["--log-level", "loud"],
    code: usage,
    line: "option '--log-level <level>' argument 'loud' is invalid. Allowed choices are debug, info, warn, error.",
  },
  {
    what: "a home that cannot be written to",
    under:
      'unshare -Urm sh -c \'mount -t tmpfs -o ro,mode=700 none "$0" && exec "$@"\' "$0" "$@"',
    needs: "unshare",
    code: configuration,
    line: "PATH cannot be used (EROFS): it is on a file system that cannot be written to: use another with --home",
  },
  {
    what: "a disk without room",
    under:
      'unshare -Urm sh -c \'mount -t tmpfs -o size=24k,mode=700 none "$0" && exec "$@"\' "$0" "$@"',
    needs: "unshare",
    code: configuration,
    line: "PATH cannot be written: there is no room on the disk, so make some",
  },
  {
    what: "files that may not be that long",
    under: 'ulimit -f 2; exec "$@"',
    code: configuration,
    line: "PATH cannot be written or read: see to the disk, and to its room",
  },
  {
    what: "no /proc",
    under:
      'unshare -Urm sh -c \'mount -t tmpfs none /proc && exec "$@"\' "$0" "$@"',
    needs: "unshare",
    code: platform,
    line: "PATH cannot be read: is it mounted?",
  },
  {
    what: "no koffi",
    environment: preload(
      'import{registerHooks as r}from"node:module";r({resolve(s,c,n){if(s==="koffi")throw 1;return n(s,c)}})',
    ),
    args: (home) => ["--home", home],
    code: platform,
    line: "koffi, which makes the system calls, does not load on SYSTEM: install with optional dependencies",
  },
  {
    what: "a Node that is too old",
    environment: preload(
      'Object.defineProperty(process,"versions",{value:{...process.versions,node:"22.1.0"}})',
    ),
    args: (home) => ["--home", home],
    code: platform,
    line: "needs Node 24.7 or newer; this is 22.1.0.",
  },
];
