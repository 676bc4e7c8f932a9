// SPDX-License-Identifier: Apache-2.0

// Services that no request needs, so that their descriptions are in a chunk of their own.
export { AccountService, SettingsService } from "@assent/protocol/owner";
