// SPDX-License-Identifier: Apache-2.0
// A home of Assent for a script: real commands of `assent` run on it as
// processes of their own, the way a user would type them. For the demo and the
// benchmarks; it is gone when the script is done.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Of a broker that opens no page: commands answer, and nobody looks. */
function withoutDisplay() {
  const { DISPLAY, WAYLAND_DISPLAY, INVOCATION_ID, ...env } = process.env;
  return env;
}

/** What `assent` runs. */
export const cli = join(root, "apps", "cli", "dist", "assent.js");

/**
 * An empty home. `onLine` sees each line of a program's output, not of a
 * command's.
 */
export function createHome({ password, onLine = () => {} }) {
  const home = mkdtempSync(join(tmpdir(), "assent-home-"));
  const children = new Set();

  function follow(child) {
    children.add(child);
    child.once("close", () => children.delete(child));
    return child;
  }

  /** Start a Node program; its lines are kept in `lines`. */
  function start(args, { env = process.env, stdin = "ignore" } = {}) {
    const child = follow(
      spawn(process.execPath, args, { env, stdio: [stdin, "pipe", "pipe"] }),
    );
    child.lines = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        child.lines.push(line);
        onLine(line);
        child.emit("line");
      });
    }
    return child;
  }

  /** Start a command of `assent`; the password is the first line of its input. */
  function command(args, input) {
    const child = follow(
      spawn(process.execPath, [
        cli,
        ...args,
        "--home",
        home,
        ...(input === undefined ? [] : ["--password-stdin"]),
      ]),
    );
    child.stdin.end(input === undefined ? "" : `${password}\n${input}`);
    return child;
  }

  /** Run a command to its end; its output. Without input it gets no password. */
  async function assent(args, input) {
    const child = command(args, input);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        text += chunk;
      });
    }
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`assent ${args.join(" ")}: ${text}`);
    return text;
  }

  return {
    path: home,
    start,
    assent,
    follow,
    /** The environment of a program that is to find this home. */
    environment: () => ({ ...process.env, ASSENT_HOME: home }),
    /** `env` decides whether it opens a page for what nobody shows. */
    startBroker: ({ env = withoutDisplay() } = {}) =>
      start([cli, "broker", "run", "--home", home], { env }),
    /** The prompt that is pending, as soon as there is one. */
    async nextPrompt() {
      const following = command(["prompts", "--json", "--follow"], "");
      try {
        for await (const line of createInterface({ input: following.stdout })) {
          const prompt = JSON.parse(line);
          if (prompt.event === "prompt") return prompt;
        }
      } finally {
        following.kill();
      }
      throw new Error("no prompt came");
    },
    approve: ({ id, digest }) =>
      assent(["approve", id, "--digest", digest], ""),
    /** End what still runs, and remove the home. */
    async remove() {
      for (const child of children) child.kill("SIGTERM");
      await Promise.all(
        [...children].map(
          (child) => child.exitCode === null && once(child, "close"),
        ),
      );
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Resolves once a program started by {@link createHome} printed a line with this in it. */
export async function lineOf(child, part) {
  while (!child.lines.some((line) => line.includes(part))) {
    const [code] = await Promise.race([
      once(child, "line"),
      once(child, "close"),
    ]);
    if (code !== undefined) throw new Error("a program ended too early");
  }
}
