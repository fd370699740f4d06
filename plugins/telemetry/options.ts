/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'

/** As much of a `TracerProvider` of `@opentelemetry/api` as can be said in an app that has not installed it. */
export interface SomeTracerProvider {
  getTracer (name: string, version?: string): object
}

/** As much of a `MeterProvider` of `@opentelemetry/api`. */
export interface SomeMeterProvider {
  getMeter (name: string, version?: string): object
}

export const TelemetryOptions = Type.Object({
  tracing: Type.Boolean({ default: true, description: 'Record spans, if a tracer provider is registered.' }),
  metrics: Type.Boolean({ default: true, description: 'Record metrics, if a meter provider is registered.' }),
  tracerProvider: Type.Optional(Type.Unsafe<SomeTracerProvider>(Type.Unknown({ description: 'Tracer provider. The global one by default.' }))),
  meterProvider: Type.Optional(Type.Unsafe<SomeMeterProvider>(Type.Unknown({ description: 'Meter provider. The global one by default.' }))),
  autoConfigure: Type.Boolean({
    default: false,
    description: 'Export by OTLP to where the standard environment variables say, `OTEL_EXPORTER_OTLP_ENDPOINT` and others. Needs `@opentelemetry/sdk-node`. Does nothing for a signal whose provider is registered already.'
  }),
  ratio: Type.Number({
    default: 1,
    minimum: 0,
    maximum: 1,
    description: 'Share of the requests that are traced, among those whose client sends no `traceparent`. It is applied before the SDK, so that other requests cost much less than with a sampler. The sampler of the tracer decides about the rest.'
  }),
  logIds: Type.Boolean({ default: true, description: 'Add `trace_id` and `span_id` to the log lines of sampled requests.' }),
  trustTraceparent: Type.Boolean({ default: true, description: 'Continue the trace of the header `traceparent`. If false, the span begins a trace of its own, with a link to it: for apps that strangers reach directly, who could force all their requests to be sampled.' })
}, { additionalProperties: false })

/** What a caller may write: every option has a default, or is optional. */
export type TelemetryOptions = Partial<Static<typeof TelemetryOptions>>

export type ParsedOptions = Static<typeof TelemetryOptions>
