// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sessionPath, tokenField } from "./contract.ts";
import { isSame, newSecret } from "./secret-text.ts";

/** Files that bring a browser in, and the tokens that are in them. */
export interface Bootstraps {
  /** A new file, good once and for a minute. Its path says nothing. */
  create(): string;
  /** Burn a token. Whether it was good. */
  redeem(token: string): boolean;
  /** Remove what is left. */
  close(): void;
}

/** How long a file is good and there, milliseconds. */
export const bootstrapLifeMs = 60_000;

/** What bootstraps depend on. */
export interface BootstrapOptions {
  /** Where the files go: of the user, closed to others. */
  readonly directory: string;
  readonly origin: string;
  readonly now: () => number;
  /** Run a task later; returns how to prevent it. */
  readonly after: (delayMs: number, task: () => void) => () => void;
}

/**
 * The token is in a form that posts itself: in no URL, history, Referer,
 * argument or title. Who can read the file is who could read the vault.
 */
export function createBootstraps(options: BootstrapOptions): Bootstraps {
  const { directory, origin, now, after } = options;
  interface Open {
    readonly token: string;
    readonly path: string;
    readonly endsAt: number;
    readonly cancel: () => void;
  }
  const open = new Set<Open>();
  const remove = (one: Open) => {
    one.cancel();
    open.delete(one);
    rmSync(one.path, { force: true });
  };
  return {
    create() {
      const token = newSecret();
      const name = `open-${randomBytes(8).toString("hex")}.html`;
      const path = join(directory, name);
      writeFileSync(path, formPage(origin, token), { mode: 0o600, flag: "wx" });
      const one: Open = {
        token,
        path,
        endsAt: now() + bootstrapLifeMs,
        cancel: after(bootstrapLifeMs, () => remove(one)),
      };
      open.add(one);
      return path;
    },
    redeem(token) {
      let found: Open | undefined;
      // All of them are looked at: the time tells nothing.
      for (const one of open) if (isSame(one.token, token)) found = one;
      if (found === undefined) return false;
      remove(found);
      return now() < found.endsAt;
    },
    close() {
      for (const one of open) remove(one);
    },
  };
}

function formPage(origin: string, token: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>Assent</title>
</head>
<body>
<form method="post" action="${origin}${sessionPath}" autocomplete="off">
<input type="hidden" name="${tokenField}" value="${token}">
<noscript><button>Open Assent</button></noscript>
</form>
<script>document.forms[0].submit();</script>
</body>
</html>
`;
}
