// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { type PageEnd, pageKeyHeader } from "./contract.ts";
import type { PageBroker } from "./page-broker.ts";
import { isSame, newSecret } from "./secret-text.ts";
import type { Time } from "./time.ts";

/** One page: a tab that came in by a bootstrap or a code of its own. */
export interface Page {
  readonly broker: PageBroker;
  /** For `sessionStorage`; bound to our origin, which a cookie is not. */
  readonly key: string;
  /** Set-Cookie of its answer. */
  readonly cookie: string;
  /** Begin its WatchPrompts; one that was there before ends. */
  watch(): Watch;
  /** Calls under way. */
  calls: number;
}

/** The stream by which the host reaches a page. */
export interface Watch {
  /** Aborted when the host ends it; then `how` says why. */
  readonly over: AbortSignal;
  readonly how: PageEnd | undefined;
  /** The page does not read it any more. */
  close(): void;
}

/** The pages of a host. */
export interface Pages {
  /** Undefined when there are too many. */
  create(): Page | undefined;
  /** Whose request it is. */
  find(headers: PageHeaders): Page | undefined;
  /** Pages that are there: that watch. */
  readonly present: number;
  /** Boot time of the last call or coming of a page. */
  readonly lastUseMs: number;
  /** A page made a call. */
  used(): void;
  /** The page says that it leaves. */
  left(page: Page): void;
  /** Tell all that are there to leave; resolves when they have, or after a moment. */
  leave(): Promise<void>;
}

/** What names a page in a request. */
export interface PageHeaders {
  readonly cookie?: string | undefined;
  readonly [pageKeyHeader]?: string | string[] | undefined;
}

/** Pages that may exist at a time. */
export const mostPages = 8;
/** A page that is not there is forgotten after so long, milliseconds. */
export const absenceMs = 60_000;
/** How long pages have to leave, milliseconds; the broker gives us two seconds in all. */
export const leaveMs = 1_200;

/** What pages depend on. */
export interface PagesOptions {
  readonly newBroker: () => PageBroker;
  readonly time: Time;
  /** A page came, or went. */
  readonly onChange: () => void;
}

interface Kept extends Page {
  readonly id: string;
  readonly secret: string;
  current: (Watch & { end(how: PageEnd): void }) | undefined;
  forget: () => void;
}

/** Keep the pages of one host. */
export function createPages(options: PagesOptions): Pages {
  const { newBroker, time, onChange } = options;
  const pages = new Map<string, Kept>();
  let lastUseMs = time.now();
  let onLeft = () => {};

  const drop = (page: Kept) => {
    page.forget();
    if (!pages.delete(page.id)) return;
    page.current?.end("signed-out");
    page.broker.close();
  };
  const forgetLater = (page: Kept) => {
    page.forget();
    page.forget = time.after(absenceMs, () => drop(page));
  };
  const begin = (page: Kept): Watch => {
    page.current?.end("signed-out");
    page.forget();
    const controller = new AbortController();
    let how: PageEnd | undefined;
    const watch = {
      over: controller.signal,
      get how() {
        return how;
      },
      end(next: PageEnd) {
        how ??= next;
        controller.abort();
      },
      close() {
        page.broker.lost.removeEventListener("abort", offline);
        if (page.current !== watch) return;
        page.current = undefined;
        if (pages.has(page.id)) forgetLater(page);
        onChange();
        onLeft();
      },
    };
    const offline = () => watch.end("offline");
    page.broker.lost.addEventListener("abort", offline);
    if (page.broker.lost.aborted) offline();
    page.current = watch;
    lastUseMs = time.now();
    onChange();
    return watch;
  };
  const present = () => [...pages.values()].filter(({ current }) => current);

  return {
    create() {
      if (pages.size >= mostPages) {
        const absent = [...pages.values()].find(({ current }) => !current);
        if (absent === undefined) return;
        drop(absent);
      }
      const id = randomBytes(9).toString("base64url");
      const secret = newSecret();
      const cookieSecret = newSecret();
      const page: Kept = {
        id,
        secret: cookieSecret,
        broker: newBroker(),
        key: `${id}.${secret}`,
        // A name of its own: other hosts of our name, on other ports, share the jar.
        cookie: `assent-${id}=${cookieSecret}; HttpOnly; SameSite=Strict; Path=/`,
        calls: 0,
        current: undefined,
        forget: () => {},
        watch: () => begin(page),
      };
      pages.set(id, page);
      forgetLater(page);
      return page;
    },
    find({ cookie = "", [pageKeyHeader]: given }) {
      const key = typeof given === "string" ? given : "";
      const page = pages.get(key.split(".")[0] ?? "");
      if (page === undefined) return;
      const isKey = isSame(key, page.key);
      const isCookie = isSame(cookieOf(cookie, page.id), page.secret);
      return isKey && isCookie ? page : undefined;
    },
    get present() {
      return present().length;
    },
    get lastUseMs() {
      return lastUseMs;
    },
    used() {
      lastUseMs = time.now();
    },
    left(page) {
      drop(page as Kept);
      onLeft();
    },
    async leave() {
      const told = present();
      for (const page of told) page.current?.end("leave");
      const isGone = () => told.every((page) => !pages.has(page.id));
      await new Promise<void>((resolve) => {
        const cancel = time.after(leaveMs, resolve);
        onLeft = () => {
          if (!isGone()) return;
          cancel();
          resolve();
        };
        onLeft();
      });
      for (const page of [...pages.values()]) drop(page);
    },
  };
}

function cookieOf(header: string, id: string): string {
  const name = `assent-${id}=`;
  const found = header.split(/; ?/).find((part) => part.startsWith(name));
  return found?.slice(name.length) ?? "";
}
