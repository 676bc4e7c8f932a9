// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { versionHeader } from "@assent/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bootstrapLifeMs } from "../host/bootstrap.ts";
import {
  leftPath,
  mostStreams,
  pageEndHeader,
  pageKeyHeader,
} from "../host/contract.ts";
import { hostName } from "../host/loopback.ts";
import { codeLifeMs, codeRestMs } from "../host/one-time-code.ts";
import { pageAccessIdleMs } from "../host/page-access.ts";
import { absenceMs, mostPages } from "../host/pages.ts";
import { systemTime } from "../host/time.ts";
import { credential, type HostRig, signIn, startHostRig } from "./host-rig.ts";
import { createManualTime, type ManualTime } from "./manual-time.ts";
import {
  createTestPage,
  failureOf,
  pageHeaders,
  postBootstrap,
  secretsOf,
  send,
  watch,
} from "./page-client.ts";
import { type RealBroker, startRealBroker } from "./real-broker.ts";

let broker: RealBroker;
beforeAll(async () => {
  broker = await startRealBroker();
});
afterAll(() => broker?.close());

const rigs: HostRig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});
async function serve(
  kind: "own" | "shared" = "own",
  time: ManualTime | undefined = undefined,
): Promise<HostRig> {
  const rig = await startHostRig(broker, kind, time ?? systemTime);
  rigs.push(rig);
  return rig;
}

const listAccounts = "/assent.owner.v1.AccountService/ListAccounts";
const proto = { "content-type": "application/proto" };

describe("where it listens", () => {
  it("both loopback addresses are bound on one port, and no other (T40)", async () => {
    const { host } = await serve();
    const { port } = new URL(host.origin);
    expect(host.origin).toBe(`http://${hostName}:${port}`);
    expect(host.addresses).toEqual(["127.0.0.1", "::1"]);
    for (const address of host.addresses) {
      expect((await send(host.origin, "/", { address })).status).toBe(200);
      // Nobody else can have it.
      const taking = createServer().listen({
        host: address,
        port: Number(port),
      });
      const code = await new Promise((resolve) =>
        taking.once("error", (error: NodeJS.ErrnoException) =>
          resolve(error.code),
        ),
      );
      expect(code).toBe("EADDRINUSE");
    }
    const hex = Number(port).toString(16).toUpperCase().padStart(4, "0");
    const listening = ["tcp", "tcp6"].flatMap((table) =>
      readFileSync(`/proc/net/${table}`, "utf8")
        .split("\n")
        .filter((line) => line.split(/\s+/)[2]?.endsWith(`:${hex}`))
        .filter((line) => line.split(/\s+/)[4] === "0A")
        .map((line) => line.split(/\s+/)[2]?.split(":")[0]),
    );
    expect(listening).toEqual(["0100007F", "00000000000000000000000001000000"]);
  });

  it("answers to its own name alone", async () => {
    const { host } = await serve();
    const { port } = new URL(host.origin);
    for (const other of [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `[::1]:${port}`,
      hostName,
      `${hostName}:1`,
      `${hostName}.:${port}`,
    ]) {
      const reply = await send(host.origin, "/", { headers: { host: other } });
      expect([other, reply.status]).toEqual([other, 421]);
    }
  });
});

describe("the bootstrap file", () => {
  it("is for the user alone, and its path holds no token", async () => {
    const { host } = await serve();
    const file = host.createBootstrap();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const token = /value="([^"]+)"/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(file).not.toContain(token);
    const landing = await postBootstrap(file);
    expect(landing.status).toBe(200);
    // Nothing that a history, a title or a Referer could keep.
    expect(landing.body).not.toContain(token);
    expect(landing.body).toContain("<title>Assent</title>");
    expect(landing.headers["referrer-policy"]).toBe("no-referrer");
  });

  it("is good once, and gone then", async () => {
    const { host } = await serve();
    const file = host.createBootstrap();
    const token = /value="([^"]+)"/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
    expect((await postBootstrap(file)).status).toBe(200);
    expect(existsSync(file)).toBe(false);
    const again = await send(host.origin, "/session", {
      method: "POST",
      headers: { origin: "null" },
      body: new URLSearchParams({ token }).toString(),
    });
    expect(again.status).toBe(403);
    expect(again.headers["set-cookie"]).toBeUndefined();
  });

  it("is good for a minute, and gone then", async () => {
    const time = createManualTime();
    const { host } = await serve("own", time);
    const file = host.createBootstrap();
    const token = /value="([^"]+)"/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
    time.advance(bootstrapLifeMs - 1);
    expect(existsSync(file)).toBe(true);
    time.advance(1);
    expect(existsSync(file)).toBe(false);
    const late = await send(host.origin, "/session", {
      method: "POST",
      headers: { origin: "null" },
      body: new URLSearchParams({ token }).toString(),
    });
    expect(late.status).toBe(403);
  });

  it("is taken from a file, and from no site or program that says where it is", async () => {
    const { host } = await serve();
    const file = host.createBootstrap();
    const token = /value="([^"]+)"/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
    const post = (headers: Record<string, string>) =>
      send(host.origin, "/session", {
        method: "POST",
        headers,
        body: new URLSearchParams({ token }).toString(),
      });
    const others = [{}, { origin: "https://evil.example" }];
    for (const headers of others) {
      expect((await post(headers)).status).toBe(403);
    }
    // The page's own origin brings codes alone.
    expect((await post({ origin: host.origin })).status).toBe(403);
    expect((await post({ origin: "null" })).status).toBe(200);
  });

  it("goes with the host", async () => {
    const { host } = await serve();
    const file = host.createBootstrap();
    await host.close();
    expect(existsSync(file)).toBe(false);
  });
});

describe("the one-time code", () => {
  const enterCode = (origin: string, code: string, from = origin) =>
    send(origin, "/session", {
      method: "POST",
      headers: { origin: from },
      body: new URLSearchParams({ code }).toString(),
    });

  it("brings a page in once, however it is typed", async () => {
    const { host } = await serve();
    const code = host.code ?? "";
    expect(code).toMatch(/^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$/);
    const typed = ` ${code.toLowerCase().replace("-", " ")} `;
    const reply = await enterCode(host.origin, typed);
    expect(reply.status).toBe(200);
    const { key } = JSON.parse(reply.body);
    const page = createTestPage({ ...secretsOf(host.origin, reply), key });
    const { accounts } = await page.accounts.listAccounts({});
    expect(accounts.map(({ name }) => name)).toEqual(["Personal"]);
    const again = await enterCode(host.origin, code);
    expect([again.status, JSON.parse(again.body)]).toEqual([
      403,
      { error: "none" },
    ]);
  });

  it("bears five tries, a second between them, and is void then", async () => {
    const time = createManualTime();
    const { host } = await serve("own", time);
    const tryIt = async (code: string) =>
      JSON.parse((await enterCode(host.origin, code)).body);
    expect(await tryIt("2222-2222")).toEqual({ error: "wrong", triesLeft: 4 });
    expect(await tryIt(host.code ?? "")).toEqual({ error: "later" });
    for (const triesLeft of [3, 2, 1]) {
      time.advance(codeRestMs);
      expect(await tryIt("2222-2222")).toEqual({ error: "wrong", triesLeft });
    }
    time.advance(codeRestMs);
    expect(await tryIt("2222-2222")).toEqual({ error: "none" });
    time.advance(codeRestMs);
    expect(await tryIt(host.code ?? "")).toEqual({ error: "none" });
  });

  it("is good for five minutes, and from the page alone", async () => {
    const time = createManualTime();
    const { host } = await serve("own", time);
    for (const from of ["null", "https://evil.example"]) {
      const reply = await enterCode(host.origin, host.code ?? "", from);
      expect(reply.status).toBe(403);
      expect(reply.headers["set-cookie"]).toBeUndefined();
    }
    time.advance(codeLifeMs);
    const late = await enterCode(host.origin, host.code ?? "");
    expect(JSON.parse(late.body)).toEqual({ error: "none" });
  });
});

describe("who may call", () => {
  it("takes cookie, page key and origin, all of them", async () => {
    const { host, page } = await serve();
    const one = await page();
    const other = await page();
    const call = (headers: Record<string, string | undefined>) =>
      send(host.origin, listAccounts, {
        method: "POST",
        headers: Object.fromEntries(
          Object.entries({ ...pageHeaders(one), ...proto, ...headers }).filter(
            (entry): entry is [string, string] => entry[1] !== undefined,
          ),
        ),
      });
    expect((await call({})).status).toBe(200);
    const refused: [Record<string, string | undefined>, number][] = [
      [{ cookie: undefined }, 401],
      [{ [pageKeyHeader]: undefined }, 401],
      [{ cookie: other.cookie }, 401],
      [{ [pageKeyHeader]: other.key }, 401],
      [{ [pageKeyHeader]: `${one.key}x` }, 401],
      [{ [pageKeyHeader]: one.key.split(".")[0] }, 401],
      [{ cookie: `${one.cookie}x` }, 401],
      [{ origin: undefined }, 403],
      [{ origin: "null" }, 403],
      [{ origin: "http://assent.localhost:1" }, 403],
      [{ origin: `${host.origin}.evil.example` }, 403],
      [{ "sec-fetch-site": "same-site" }, 403],
      [{ "sec-fetch-site": "cross-site" }, 403],
      [{ "content-type": "application/json" }, 415],
      [{ "content-type": "text/plain" }, 415],
      [{ [versionHeader]: "2.0" }, 400],
    ];
    for (const [headers, status] of refused) {
      expect([headers, (await call(headers)).status]).toEqual([
        headers,
        status,
      ]);
    }
    const signedOut = await call({ cookie: undefined });
    expect(signedOut.headers[pageEndHeader]).toBe("signed-out");
  });

  it("keeps cookies from scripts, other sites, and hosts of its name on other ports", async () => {
    const { host } = await serve();
    const [first, second] = [
      await postBootstrap(host.createBootstrap()),
      await postBootstrap(host.createBootstrap()),
    ];
    const cookies = [first, second].map(
      ({ headers }) => headers["set-cookie"]?.[0] ?? "",
    );
    for (const cookie of cookies) {
      expect(cookie).toMatch(
        /^assent-[\w-]{12}=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
      );
    }
    const [name, otherName] = cookies.map((cookie) => cookie.split("=")[0]);
    expect(name).not.toBe(otherName);
  });

  it("serves the owner's services and no other, each method by POST (decisions 14)", async () => {
    const { host, page } = await serve();
    const headers = { ...pageHeaders(await page()), ...proto };
    for (const path of [
      "/assent.v1.BrokerService/Authorize",
      "/assent.v1.BrokerService/Request",
      "/assent.v1.BrokerService/Revoke",
      "/assent.owner.v1.AccountService",
      "/assent.owner.v1.AccountService/Nothing",
      `${listAccounts}?`,
      `/x/..${listAccounts}`,
    ]) {
      const reply = await send(host.origin, path, { method: "POST", headers });
      expect([path, reply.status]).toEqual([path, 404]);
    }
    expect((await send(host.origin, listAccounts, { headers })).status).toBe(
      405,
    );
  });

  it("bears so many pages, and forgets those that are not there", async () => {
    const time = createManualTime();
    const { host, page } = await serve("own", time);
    const first = await page();
    const watching = watch(first);
    await watching.state;
    const second = await page();
    time.advance(absenceMs);
    expect(await failureOf(second.accounts.listAccounts({}))).toBe(
      "signed-out",
    );
    expect(await failureOf(first.accounts.listAccounts({}))).toBe("done");
    // An absent page makes room; the one that is there stays.
    for (let n = 0; n < mostPages + 2; n += 1) await page();
    expect(await failureOf(first.accounts.listAccounts({}))).toBe("done");
    expect(host.pages).toBe(1);
    watching.leave();
  });
});

describe("what is served", () => {
  it("is a fixed list of files; no path leads to another", async () => {
    const { host } = await serve();
    const index = await send(host.origin, "/");
    expect(index.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(index.headers["cache-control"]).toBe("no-store");
    const [asset = ""] = index.body.match(/\/assets\/[^"]+/) ?? [];
    const script = await send(host.origin, asset);
    expect(script.headers["cache-control"]).toContain("immutable");
    for (const path of [
      "/../package.json",
      "/assets/../index.html",
      "/assets/..%2f..%2fpackage.json",
      "/%2e%2e/package.json",
      "//etc/passwd",
      "/index.html",
      "/assets/",
      "/favicon.ico",
      "/?x",
    ]) {
      const reply = await send(host.origin, path);
      expect([path, reply.status]).toEqual([path, 404]);
    }
    const options = { method: "DELETE" };
    expect((await send(host.origin, "/", options)).status).toBe(405);
  });

  it("runs no foreign or inline script, is framed by nobody, and is kept by nobody", async () => {
    const { host, page } = await serve();
    const replies = [
      await send(host.origin, "/"),
      await send(host.origin, "/land.js"),
      await send(host.origin, "/nothing"),
      await send(host.origin, "/", { headers: { host: "evil.example" } }),
      await postBootstrap(host.createBootstrap()),
      await send(host.origin, listAccounts, {
        method: "POST",
        headers: { ...pageHeaders(await page()), ...proto },
      }),
    ];
    for (const { headers } of replies) {
      const policy = headers["content-security-policy"] ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("connect-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).toContain("trusted-types 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*|data:/);
      expect(headers).toMatchObject({
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
      });
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
    for (const place of ["iframe", "object", "embed"]) {
      const headers = { "sec-fetch-dest": place };
      expect((await send(host.origin, "/", { headers })).status).toBe(403);
    }
  });

  it("refuses what is longer than a message may be", async () => {
    const { host, page } = await serve();
    const headers = { ...pageHeaders(await page()), ...proto };
    const body = new Uint8Array(5 * 1024 * 1024);
    const reply = await send(host.origin, listAccounts, {
      method: "POST",
      headers,
      body,
    }).catch((error) => error.code);
    // Node may see the connection end before it sees the answer.
    expect([413, "EPIPE", "ECONNRESET"]).toContain(reply.status ?? reply);
    expect((await send(host.origin, "/")).status).toBe(200);
  });
});

describe("a page of assent ui", () => {
  it("is no trusted surface until the user signs in on it, and not by another page (decisions 3)", async () => {
    const { page } = await serve("own");
    const one = await page();
    const other = await page();
    const watching = watch(one);
    expect(await watching.state).toBe("sign-in");
    for (const mine of [one, other]) {
      expect(await failureOf(mine.sessions.listSessions({}))).toBe(
        "CREDENTIAL_REQUIRED",
      );
    }
    const account = await signIn(one);
    // The same stream goes on with the prompts.
    expect(await watching.next()).toEqual([]);
    expect(await failureOf(one.sessions.listSessions({}))).toBe("done");
    expect(await failureOf(one.accounts.listKeySlots({ account }))).toBe(
      "done",
    );
    expect(await failureOf(other.sessions.listSessions({}))).toBe(
      "CREDENTIAL_REQUIRED",
    );
    expect(await failureOf(other.accounts.listKeySlots({ account }))).toBe(
      "CREDENTIAL_REQUIRED",
    );
    const later = watch(one);
    expect(await later.state).toBe("open");
    // A page has one stream: the newer is it.
    expect(await watching.end).toBe("signed-out");
    later.leave();
  });
});

describe("pages that share the surface's connection", () => {
  it("are open at once, and do not inherit what another authenticated for (decisions 3)", async () => {
    const time = createManualTime();
    const { page } = await serve("shared", time);
    const one = await page();
    const other = await page();
    const watching = watch(one);
    expect(await watching.state).toBe("open");
    expect(await watching.next()).toEqual([]);
    const { accounts } = await one.accounts.listAccounts({});
    const account = accounts[0]?.id ?? "";
    const slots = (mine: typeof one) =>
      failureOf(mine.accounts.listKeySlots({ account }));
    expect(await slots(one)).toBe("CREDENTIAL_REQUIRED");
    await signIn(one);
    expect(await slots(one)).toBe("done");
    expect(await slots(other)).toBe("CREDENTIAL_REQUIRED");
    const log = other.activity.listActivity({ account });
    const first = log[Symbol.asyncIterator]().next();
    expect(await failureOf(first)).toBe("CREDENTIAL_REQUIRED");
    // By its name an account is not authenticated for: a name can pass on.
    expect(
      await failureOf(one.accounts.listKeySlots({ account: "Personal" })),
    ).toBe("CREDENTIAL_REQUIRED");
    watching.leave();
  });

  it("authentication ends after ten idle minutes, and at a lock that any page asks for", async () => {
    const time = createManualTime();
    const { page } = await serve("shared", time);
    const one = await page();
    const other = await page();
    const watched = [watch(one), watch(other)];
    await Promise.all(watched.map(({ state }) => state));
    const account = await signIn(one);
    const slots = () => failureOf(one.accounts.listKeySlots({ account }));
    time.advance(pageAccessIdleMs - 1);
    expect(await slots()).toBe("done");
    time.advance(pageAccessIdleMs - 1);
    expect(await slots()).toBe("done");
    time.advance(pageAccessIdleMs);
    expect(await slots()).toBe("CREDENTIAL_REQUIRED");
    for (const which of [account, ""]) {
      await signIn(one);
      expect(await slots()).toBe("done");
      await other.accounts.lockAccount({ account: which });
      expect(await slots()).toBe("CREDENTIAL_REQUIRED");
    }
    for (const { leave } of watched) leave();
  });

  it("a credential in the call needs no authentication before", async () => {
    const { page } = await serve("shared");
    const one = await page();
    const { accounts } = await one.accounts.listAccounts({});
    const account = accounts[0]?.id ?? "";
    const entries = one.activity.listActivity({
      account,
      credential: credential(account),
    });
    for await (const { text } of entries) {
      expect(text).not.toBe("");
      break;
    }
    expect(await failureOf(one.accounts.listKeySlots({ account }))).toBe(
      "CREDENTIAL_REQUIRED",
    );
  });
});

describe("streams", () => {
  it("are counted, so that calls keep connections of the browser's six", async () => {
    const { page } = await serve("shared");
    const pages = await Promise.all(
      Array.from({ length: mostStreams + 1 }, page),
    );
    const last = pages.pop();
    const watched = pages.map(watch);
    for (const one of watched) await one.next();
    if (last === undefined) throw new Error("no page");
    const beyond = last.prompts.watchPrompts({})[Symbol.asyncIterator]();
    expect(await failureOf(beyond.next())).toBe("code 8");
    watched[0]?.leave();
    const again = async () => {
      const one = last.prompts.watchPrompts({})[Symbol.asyncIterator]();
      return failureOf(one.next());
    };
    await expect.poll(again).toBe("done");
    for (const { leave } of watched) leave();
  });
});

describe("the end", () => {
  it("makes every page leave, and waits until they have, with the port still its own (T54)", async () => {
    for (const kind of ["own", "shared"] as const) {
      const time = createManualTime();
      const { host, page } = await serve(kind, time);
      const one = await page();
      const watching = watch(one);
      await watching.state;
      let isClosed = false;
      const closing = host.close().then(() => {
        isClosed = true;
      });
      expect(await watching.end).toBe("leave");
      // The port is ours for as long as a page has not left.
      expect((await send(host.origin, "/")).status).toBe(200);
      expect(isClosed).toBe(false);
      const left = await send(host.origin, leftPath, {
        method: "POST",
        headers: pageHeaders(one),
      });
      expect(left.status).toBe(204);
      await closing;
      const gone = await send(host.origin, "/").catch(({ code }) => code);
      expect(gone).toBe("ECONNREFUSED");
    }
  });

  it("does not wait for ever for a page that does not leave", async () => {
    const time = createManualTime();
    const { host, page } = await serve("own", time);
    const watching = watch(await page());
    await watching.state;
    const closing = host.close();
    expect(await watching.end).toBe("leave");
    time.advance(2_000);
    await closing;
  });
});

// Last of all: whoever fails has to wait, and so would everything after.
describe("whoever has no password", () => {
  it("a wrong password opens nothing", async () => {
    const { page } = await serve("own");
    const one = await page();
    const watching = watch(one);
    await watching.state;
    const { accounts } = await one.accounts.listAccounts({});
    const value = new TextEncoder().encode("not the password");
    const wrong = one.accounts.authenticate({
      credential: {
        account: accounts[0]?.id ?? "",
        proof: { case: "password", value },
      },
    });
    expect(await failureOf(wrong)).toBe("WRONG_CREDENTIAL");
    expect(await failureOf(one.sessions.listSessions({}))).toBe(
      "CREDENTIAL_REQUIRED",
    );
    const again = watch(one);
    expect(await again.state).toBe("sign-in");
    again.leave();
  });

  it("gives no secret for a stolen cookie and key: approving takes a credential (decisions 3)", async () => {
    const { page } = await serve("shared");
    const stolen = createTestPage(await page());
    expect(
      await failureOf(stolen.prompts.approve({ approvalId: "x" })),
    ).not.toBe("done");
    const { accounts } = await stolen.accounts.listAccounts({});
    const account = accounts[0]?.id ?? "";
    expect(await failureOf(stolen.vaults.browse({ account }))).toBe(
      "CREDENTIAL_REQUIRED",
    );
    expect(
      await failureOf(
        stolen.accounts.unlockAccount({
          credential: {
            account,
            proof: { case: "password", value: new Uint8Array(8) },
          },
        }),
      ),
    ).toBe("WRONG_CREDENTIAL");
  });
});
