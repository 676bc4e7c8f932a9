// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { surfaceEnvironment } from "./surface-environment.ts";

it("a surface gets nothing that loads code, names a program, or another broker (T14)", () => {
  const own = {
    HOME: "/home/ada",
    LANG: "C.UTF-8",
    LC_ALL: "C",
    TERM: "xterm",
    PATH: "/evil",
    NODE_OPTIONS: "--require /evil",
    NODE_PATH: "/evil",
    LD_PRELOAD: "/evil",
    BROWSER: "/evil",
    ASSENT_HOME: "/evil",
    ASSENT_ENDPOINT: "/evil",
    LC_EVIL_x: "/evil",
    NODE_CHANNEL_FD: "3",
    DISPLAY: undefined,
  };
  expect(surfaceEnvironment(own)).toEqual({
    HOME: "/home/ada",
    LANG: "C.UTF-8",
    LC_ALL: "C",
    TERM: "xterm",
  });
});
