/**
 * Lengths of what pydantic measures as a container, since its text is another by then, or must not be shown.
 *
 * @module
 */

import { Refusal } from './codec.ts'

/** Bounds, in code points. */
export interface LengthOptions {
  /** In code points. */
  minLength?: number
  /** In code points. */
  maxLength?: number
}

function items (count: number): string {
  return `${count} item${count === 1 ? '' : 's'}`
}

/** Returns why a text is too short or too long; the text is not in the words. */
export function missedLength (text: string, { minLength, maxLength }: LengthOptions): Refusal | undefined {
  const length = [...text].length
  if (minLength !== undefined && length < minLength) {
    return new Refusal('too_short', `Value should have at least ${items(minLength)} after validation, not ${length}`,
      { field_type: 'Value', min_length: minLength, actual_length: length })
  }
  if (maxLength !== undefined && length > maxLength) {
    return new Refusal('too_long', `Value should have at most ${items(maxLength)} after validation, not ${length}`,
      { field_type: 'Value', max_length: maxLength, actual_length: length })
  }
  return undefined
}
