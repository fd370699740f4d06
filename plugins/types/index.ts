/**
 * Types beyond JSON for the schemas of routes: dates, durations, decimals, bytes, URLs, sets, maps. Each is a TypeBox schema whose
 * `Static` is the type in the handler.
 *
 * The codecs are stored under symbols. TypeBox's functions keep them. Copies through JSON and `app.addSchema` lose them: use the
 * schema itself, with a `title` for its name.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/extra-data-types/
 */

export { BigInteger, type BigIntegerOptions, type IntegerBounds } from './big-integer.ts'
export { Bytes, type BytesOptions } from './bytes.ts'
export { type Choice, Enum, Literal } from './choice.ts'
export { Embed, ExcludeUnset, Form, FormModels, Models, Nullable, Refine, type TRefined } from './combine.ts'
export { DictOf, type DictOptions, SetOf, type SetOptions } from './containers.ts'
export { DateTime } from './date-time.ts'
export { Decimal, type DecimalBound, type DecimalOptions } from './decimal.ts'
export { Duration } from './duration.ts'
export { Email, type EmailOptions } from './email.ts'
export { File, type FileOptions, type StreamedFile, type UploadFile } from './file.ts'
export { IPv4 } from './ip-v4.ts'
export { Json } from './json.ts'
export { APIKIT_ERR_MISSING_PEER } from './errors.ts'
export { OffsetDateTime, type OffsetDateTimeOptions } from './offset-date-time.ts'
export { OffsetTime, TimeWithOffset } from './offset-time.ts'
export { PlainDate } from './plain-date.ts'
export { PlainTime } from './plain-time.ts'
export { Secret, type SecretOptions, SecretText } from './secret.ts'
export { AnyUrl, HttpUrl } from './url.ts'
export { Uuid } from './uuid.ts'
