/**
 * Numbers that JSON.stringify writes as they are given.
 *
 * @module
 * @see https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/JSON/rawJSON
 */

/** What `JSON.rawJSON` makes of a text. */
export interface RawJson {
  readonly rawJSON: string
}

// Node has both since 21; TypeScript's library does not know them yet.
const { rawJSON, isRawJSON } = JSON as unknown as { rawJSON (text: string): RawJson, isRawJSON (value: unknown): value is RawJson }

/** @param text a JSON number */
export const rawJson: (text: string) => RawJson = rawJSON

export const isRawJson: (value: unknown) => value is RawJson = isRawJSON
