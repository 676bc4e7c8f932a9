// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHome, lineOf } from "../scripts/assent-home.mjs";
import { median } from "./median.mjs";

const rounds = 25;
const callsEach = 300;
const password = "bench horse battery staple";
const value = "ghp_bench_0123456789abcdef";
const reference = "assent://Dev/GitHub/token";
const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * One secret, everything included: SDK, channel, identity, session, vault, log.
 * Ratios are medians over rounds of the ratio within a round.
 */
export async function measure() {
  const home = createHome({ password });
  const directory = mkdtempSync(join(tmpdir(), "assent-bench-"));
  try {
    await lineOf(home.startBroker(), "is running");
    await home.assent(["account", "create", "Personal"], "");
    await home.assent(["integration", "on"], "");
    await home.assent(["vault", "create", "Dev"], "");
    await home.assent(
      ["item", "create", "Dev", "GitHub", "--field", "token", "--stdin"],
      `${value}\n`,
    );
    const server = home.start([file("stock-server.mjs"), directory, value]);
    await lineOf(server, "listening");
    const program = home.start(
      [
        file("request-program.mjs"),
        directory,
        reference,
        String(rounds),
        String(callsEach),
      ],
      { env: home.environment() },
    );
    const ended = once(program, "close");
    await home.approve(await home.nextPrompt());
    const [code] = await ended;
    if (code !== 0) throw new Error(program.lines.join("\n"));
    const times = JSON.parse(program.lines.at(-1));
    const against = (other) =>
      median(times.assent.map((time, round) => time / times[other][round]));
    return {
      request_us: median(times.assent),
      stock_connect_us: median(times.stock),
      raw_http2_us: median(times.raw),
      request_vs_stock_connect: against("stock"),
      request_vs_raw_http2: against("raw"),
    };
  } finally {
    await home.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}
