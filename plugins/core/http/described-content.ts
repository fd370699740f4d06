/**
 * Describes a response other than a single JSON value in the document, so that the plugin that sends it and the one that
 * documents it need not know each other.
 *
 * @module
 */

import type { Schema } from '../plan/route-plan.ts'

/**
 * Writes a schema for the document.
 *
 * @param name name of the described value, for its title: `StreamItem`
 */
export type WriteSchema = (schema: Schema, name: string) => object

/** Returns the `content` of a response in the document, or `undefined`. */
export type DescribedContent = (write: WriteSchema) => Readonly<Record<string, object>> | undefined

/** Key on a response schema. Holds its content in the document, which replaces the schema. */
export const kContent: unique symbol = Symbol('fastify-apikit.content')
