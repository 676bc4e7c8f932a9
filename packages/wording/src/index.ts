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
  fieldReference,
  isConcealed,
  type ReferredItem,
} from "./item-reference.ts";
export {
  direction,
  frameText,
  screenText,
  titleText,
  waitingText,
} from "./page/navigation.ts";

export {
  asAskedText,
  gateText,
  othersWaitText,
  requestText,
  secondsLeftText,
  timeLeftText,
  wrongCodeText,
} from "./page/requests.ts";
export { count, inARow, language } from "./plural.ts";
export {
  describeClaims,
  type LabelledText,
  notChecked,
} from "./prompt/claims.ts";
export {
  type DescribedPrompt,
  describePrompt,
  type HeadlinePart,
  type PromptChoice,
  scopeHeading,
} from "./prompt/describe-prompt.ts";
export { muteChoiceText, muteText } from "./prompt/mute.ts";
export {
  type Narrowing,
  NarrowingError,
  narrow,
  type Terms,
} from "./prompt/narrowing.ts";
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
export {
  accessText,
  accountRevokedText,
  endsInText,
  lastUseText,
  lockedText,
  mutedText,
  programsText,
  revokedText,
} from "./screen/access.ts";
export {
  accountText,
  backedUpText,
  createdText,
  existingPasswordLabel,
  lengthText,
  ofAccount,
  passwordChangedText,
  recoveryPartText,
  recoveryText,
  removedText,
  removeWarning,
  renamedText,
  restoredText,
  slotRemovedText,
  unlockedText,
  welcomeText,
} from "./screen/account.ts";
export {
  type ActivityOutcome,
  type ActivitySpan,
  activitySignInText,
  activityText,
  entriesText,
  outcomeText,
  spanText,
} from "./screen/activity.ts";
export { pageFailureText, pageOperationText } from "./screen/failure.ts";
export {
  browseSignInText,
  changedText,
  hiddenInText,
  itemRemovedText,
  itemsText,
  itemText,
  storedText,
  strengthText,
  vaultCreatedText,
  vaultRemovalWarning,
  vaultRemovedText,
} from "./screen/item.ts";
export { settingsText, versionText } from "./screen/settings.ts";
export { signInText } from "./screen/sign-in.ts";
export { agoText, sizeText, whenText } from "./screen/time.ts";
