/**
 * What the document says of an answer that is no single JSON value, so that the plugin that sends it and the one that
 * documents it need not know each other.
 *
 * @module
 */

import type { Schema } from '../plan/route-plan.ts'

/**
 * Writes a schema for the document.
 *
 * @param name of what the schema describes, for its title: `StreamItem`
 */
export type WriteSchema = (schema: Schema, name: string) => object

/** The `content` of an answer in the document; `undefined` for none. */
export type DescribedContent = (write: WriteSchema) => Readonly<Record<string, object>> | undefined

/** On the schema of an answer: its content in the document, in place of the schema itself. */
export const kContent: unique symbol = Symbol('fastify-apikit.content')
