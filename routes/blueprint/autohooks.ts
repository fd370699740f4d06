/**
 * What holds for all routes of this folder and of those in it: autoload runs it before each of them.
 *
 * @module
 */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { queryToken } from './tokens.ts'

const blueprint: FastifyPluginAsyncTypebox = async app => {
  app.depends({ queryToken })
}

export default blueprint
