// SPDX-License-Identifier: Apache-2.0
// The three small protocols of the conformance suite, as generated.
export * from "./gen/assent/conformance/v1/caller_pb.ts";
export * from "./gen/assent/conformance/v1/control_pb.ts";
export * from "./gen/assent/conformance/v1/driver_pb.ts";
