/** As much of a Fastify as is needed to serve it. */
interface App {
  listen (options: { port: number, host: string }): PromiseLike<string>
}

/** Listens on a free port of 127.0.0.1 and returns it. */
export async function listening (app: App): Promise<number> {
  return Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
}
