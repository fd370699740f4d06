/**
 * A context that is made when somebody first looks.
 *
 * @module
 */

import type { Context } from '@opentelemetry/api'

export abstract class LazyContext implements Context {
  /** Returns what it is. */
  protected abstract look (): Context

  getValue (key: symbol): unknown {
    return this.look().getValue(key)
  }

  setValue (key: symbol, value: unknown): Context {
    return this.look().setValue(key, value)
  }

  deleteValue (key: symbol): Context {
    return this.look().deleteValue(key)
  }
}
