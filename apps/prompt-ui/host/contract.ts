// SPDX-License-Identifier: Apache-2.0

/**
 * What host and page have agreed on.
 *
 * How a page comes to be: the bootstrap file posts its token to `sessionPath`.
 * The answer sets the cookie, and is a document whose script (`/land.js`) puts
 * the page key into `sessionStorage[pageKeyItem]` and replaces itself by `/`.
 * A page at `/` that finds no key there asks for the one-time code that
 * `assent ui` printed; see `SessionAnswer`.
 *
 * Calls: connect-web, binary (`useBinaryFormat: true`), same origin, with the
 * headers `pageKeyHeader` and `assent-protocol-version`. Accounts are named by
 * their id in every message. The host serves the owner services alone.
 *
 * The life of a page: it opens WatchPrompts first of all and once, whether or
 * not it is signed in, and keeps it. This stream is how the host reaches it.
 * When it ends, however that may be, the page is over: no call is made any
 * more, nothing is tried again, and no field stays (T54). `pageEndHeader` says
 * how it ended. Page loads again only by its user.
 */

/** Where a bootstrap file posts its token, and the page a one-time code. */
export const sessionPath = "/session";

/** Field of the form that holds the token of a bootstrap file. */
export const tokenField = "token";

/** Field of the form that holds a one-time code, as typed; case and separators do not count. */
export const codeField = "code";

/**
 * What comes back for a one-time code, as JSON: posted to `sessionPath` with
 * fetch, as URLSearchParams. Status 200 with the key, which the page puts into
 * `sessionStorage[pageKeyItem]` before it loads `/` again. Otherwise 403:
 * `wrong`, `triesLeft` more may come; `later`: the host takes one try a second;
 * `none`: no code is good any more, or none was made. Then only `assent ui`
 * helps.
 */
export type SessionAnswer =
  | { readonly key: string }
  | { readonly error: "wrong"; readonly triesLeft: number }
  | { readonly error: "later" | "none" };

/** Header of each call that carries the key of the page that makes it. */
export const pageKeyHeader = "x-assent-page";

/** Under what name the page keeps its key, for as long as its tab lives. */
export const pageKeyItem = "assent-page";

/**
 * Header of the answer to WatchPrompts, there at once (`onHeader` of
 * connect-web): a `PageState`.
 */
export const pageStateHeader = "assent-page-state";

/**
 * `open`: prompts follow on the stream. `sign-in`: nothing follows until
 * AccountService.Authenticate worked on this page, for any account; then the
 * same stream goes on with the prompts. Whatever else a call needs it says by
 * OWNER_REASON_CREDENTIAL_REQUIRED: Authenticate for that account and make it
 * again.
 */
export type PageState = "open" | "sign-in";

/**
 * Tells that this page is over, and how: a `PageEnd`. In the metadata of the
 * ConnectError that ends WatchPrompts, or that any other call fails with. An
 * error without it that ended WatchPrompts means `offline`; one of any other
 * call is an answer like others.
 */
export const pageEndHeader = "assent-page-end";

/**
 * `leave`: the host ends, and the port may be anybody's soon. The page posts to
 * `leftPath`, closes its window, and in the same step replaces itself by
 * about:blank, whatever it was doing. `offline`: the broker is gone; nothing
 * can be answered here. `signed-out`: the host does not know this page (any
 * more), status 401; the key is dropped, and the user told to run `assent ui`.
 */
export type PageEnd = "leave" | "offline" | "signed-out";

/** Where a page says that it leaves: POST with `pageKeyHeader`, `keepalive`. The host waits for it a moment. */
export const leftPath = "/left";

/**
 * Streams that one host serves at a time, to all its pages: a browser has six
 * connections for an origin, and calls need some. One WatchPrompts a page;
 * ListActivity is a stream too. Beyond that a stream fails with
 * resource_exhausted, and no `pageEndHeader`.
 */
export const mostStreams = 4;
