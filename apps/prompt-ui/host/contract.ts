// SPDX-License-Identifier: Apache-2.0

/** Where a bootstrap file posts its token; the page posts a one-time code. */
export const sessionPath = "/session";

/** Header of each call that carries the key of the page that makes it. */
export const pageKeyHeader = "x-assent-page";

/** Under what name the page keeps its key, for as long as its tab lives. */
export const pageKeyItem = "assent-page";
