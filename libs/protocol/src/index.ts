/**
 * What goes over the wire, as pure functions: values, patches, messages, limits and error codes.
 *
 * @module @atomsync/protocol
 */

export type * from './messages/parts';
export type * from './messages/up';
export type * from './messages/down';
export { type ErrorCode, type ErrorFacts, ERRORS, errorFacts, isErrorCode } from './errors/error-code';
export { ProtocolError } from './errors/protocol-error';
export { DEFAULT_LIMITS } from './limits';
export { SUBPROTOCOL } from './subprotocol';
export { assertCarryable } from './values/assert-carryable';
export { canonicalBytes } from './values/canonical';
export { decodeBody } from './values/decode-body';
export { encodeBody } from './values/encode-body';
export { bodiesEqual, valuesEqual } from './values/equal';
export { Keyword, keyword } from './values/keyword';
export { UUID } from './values/uuid';
export {
  assertGroup,
  assertKey,
  assertNotReserved,
  assertPrefix,
  checkMutation,
  isReservedName,
} from './wire/check';
export { decodeDown, encodeDown } from './wire/down';
export { FrameReader, type FramesEnd, packEnd, packFrame } from './wire/frame-stream';
export { decodeUp, type DecodeUpOptions, encodeUp } from './wire/up';
export { checkBody } from './values/check-body';
export { applyFieldEdits } from './patch/apply-field-edits';
export { applyPatch } from './patch/apply';
export { decodePatch, encodePatch } from './patch/codec';
export { composePatch } from './patch/compose';
export { diff } from './patch/diff';
export { type FieldEdit, fieldEdits } from './patch/field-edits';
export type {
  ArrayPatch,
  ArrayStep,
  MapPatch,
  ObjectPatch,
  Patch,
  ReplacePatch,
  SetPatch,
} from './patch/patch';
export { pathKey, pathsMeet, type PathStep } from './patch/path';
export { decodeSwapInput, encodeSwapInput, type InputSegment, type SwapInput } from './swap-input';
