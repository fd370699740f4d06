/**
 * The providers to record to: those that are given, or the global ones, if somebody has registered them.
 *
 * @module
 */

import type { MeterProvider, TracerProvider } from '@opentelemetry/api'
import type { FastifyInstance } from 'fastify'
import { optionalPeer } from '../core/peer.ts'
import { purposeOf } from '../core/purpose.ts'
import type { ParsedOptions } from './options.ts'

/** The package @opentelemetry/api. */
export type Api = typeof import('@opentelemetry/api')

const OWNER = 'fastify-apikit/telemetry'

export interface Providers {
  readonly tracers: TracerProvider | undefined
  readonly meters: MeterProvider | undefined
}

export function loadApi (): Api {
  return optionalPeer<Api>(OWNER, '@opentelemetry/api')
}

/** Returns those that do something: the API has others as long as none is registered. */
export function providersOf (app: FastifyInstance, api: Api, { tracing, metrics, tracerProvider, meterProvider, autoConfigure }: ParsedOptions): Providers {
  if (process.env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return { tracers: undefined, meters: undefined }
  if (autoConfigure && purposeOf(app) !== 'describe') configure(app, api)
  return {
    tracers: tracing ? tracerProvider as TracerProvider | undefined ?? globalTracers(api) : undefined,
    meters: metrics ? meterProvider as MeterProvider | undefined ?? globalMeters(api) : undefined
  }
}

function globalTracers ({ trace, ProxyTracerProvider }: Api): TracerProvider | undefined {
  const provider = trace.getTracerProvider()
  const isNone = provider instanceof ProxyTracerProvider && provider.getDelegate() === new ProxyTracerProvider().getDelegate()
  return isNone ? undefined : provider
}

function globalMeters ({ metrics, createNoopMeter }: Api): MeterProvider | undefined {
  const provider = metrics.getMeterProvider()
  return provider.getMeter(OWNER) === createNoopMeter() ? undefined : provider
}

type Signal = 'TRACES' | 'METRICS'

/** A signal is exported if there is somewhere to send it. */
function isExported (signal: Signal): boolean {
  const { env } = process
  const endpoint = env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] ?? env.OTEL_EXPORTER_OTLP_ENDPOINT ?? ''
  return endpoint !== '' && env[`OTEL_${signal}_EXPORTER`] !== 'none'
}

/** Registers the providers that the environment describes, until the app closes. What is wrong with it is logged: an app serves without telemetry. */
function configure (app: FastifyInstance, api: Api): void {
  const traces = isExported('TRACES') && globalTracers(api) === undefined
  const metrics = isExported('METRICS') && globalMeters(api) === undefined
  if (!traces && !metrics) return
  const { NodeSDK } = optionalPeer<typeof import('@opentelemetry/sdk-node')>(`${OWNER}: autoConfigure`, '@opentelemetry/sdk-node')
  try {
    for (const signal of ['', '_TRACES', '_METRICS']) checkUrl(process.env[`OTEL_EXPORTER_OTLP${signal}_ENDPOINT`])
    const sdk = new NodeSDK({ logRecordProcessors: [], ...!traces && { spanProcessors: [] }, ...!metrics && { metricReaders: [] } })
    sdk.start()
    app.addHook('onClose', async () => {
      await sdk.shutdown().catch((error: unknown) => { app.log.warn({ err: error }, 'the last telemetry could not be exported') })
      if (traces) api.trace.disable()
      if (metrics) api.metrics.disable()
    })
  } catch (error) {
    app.log.warn({ err: error }, 'telemetry could not be configured from the environment. The app runs without it')
  }
}

/** The exporters would find out at their first export, and tell nobody. */
function checkUrl (text: string | undefined): void {
  if (text === undefined) return
  if (!/^https?:$/.test(new URL(text).protocol)) throw new TypeError('the endpoint of OTLP must be a URL with http or https')
}
