// SPDX-License-Identifier: Apache-2.0
export {
  type ActivityRecord,
  activitySentence,
} from "./activity/activity-sentence.ts";
export {
  promptCauseText,
  requestCauseText,
  sessionEndText,
} from "./activity/cause.ts";
export { clockText, durationText } from "./duration.ts";
export { type OwnerFailure, ownerReasonText } from "./failure/owner-reason.ts";
export { reasonText } from "./failure/reason.ts";
export {
  itemFailureText,
  referenceFailureText,
} from "./failure/reference-failure.ts";
export { categoryText, fieldTypeText } from "./item.ts";
export {
  direction,
  frameText,
  screenText,
  titleText,
  waitingText,
} from "./page/navigation.ts";
export { count, inARow, language } from "./plural.ts";
export {
  describeClaims,
  type LabelledText,
  notChecked,
} from "./prompt/claims.ts";
export {
  type DescribedPrompt,
  describePrompt,
  type PromptChoice,
  scopeHeading,
} from "./prompt/describe-prompt.ts";
export { muteChoiceText, muteText } from "./prompt/mute.ts";
export { promptEndText } from "./prompt/prompt-end.ts";
export { describeScope, type ScopeLine } from "./prompt/scope.ts";
export {
  approvedText,
  buttonText,
  passwordAdvice,
  passwordLabel,
  positionText,
  shortenedText,
  stateText,
  wrongPasswordText,
} from "./prompt/surface.ts";
export {
  type DescribedWarning,
  describeWarning,
  type Severity,
} from "./prompt/warning.ts";
export { isDeceptive } from "./safe/deceptive.ts";
export { makeSafe, type SafeOptions } from "./safe/make-safe.ts";
