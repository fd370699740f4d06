import type { TSchema } from '@sinclair/typebox'
import { type Codec, kCodec, Refusal } from '../../../plugins/types/codec.ts'

export function codecOf (schema: TSchema): Codec {
  return Reflect.get(schema, kCodec)
}

/** A schema as JSON has it, and so the OpenAPI document: without what is under its symbols. */
export function inDocument (schema: TSchema): unknown {
  return JSON.parse(JSON.stringify(schema))
}

/** What a schema makes of an input: the value as it is written, or `type: what is wrong`. */
export function wire (schema: TSchema, input: unknown): unknown {
  const codec = codecOf(schema)
  const value = codec.parse(input)
  return value instanceof Refusal ? `${value.type}: ${value.msg}` : codec.encode?.(value) ?? value
}

/** Why an input is refused: the part of the message that the context repeats. */
export function reason (schema: TSchema, input: unknown): unknown {
  const value = codecOf(schema).parse(input)
  if (!(value instanceof Refusal)) return value
  return value.ctx?.error ?? value.ctx?.reason ?? value.ctx?.encoding_error ?? value.type
}

/** Reads an input and expects it to be taken. */
export function read<Domain> (schema: TSchema & { static: Domain }, input: unknown): Domain {
  const value = codecOf(schema).parse(input)
  if (value instanceof Refusal) throw new Error(value.msg)
  return value as Domain
}
