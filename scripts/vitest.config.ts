// SPDX-License-Identifier: Apache-2.0
// `test` and `expect` are globals here: the root names no test runner among
// its dependencies, the workspaces do.
export default {
  test: {
    pool: "forks",
    globals: true,
    exclude: ["node_modules/**"],
    testTimeout: 60_000,
  },
};
