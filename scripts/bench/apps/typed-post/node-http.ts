import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Image { url: string, width: number, height: number }
interface Item { name: string, description?: string, price: number, tax: number, tags: string[], images: Image[] }

function isImage (image: Image): boolean {
  return typeof image === 'object' && image !== null && typeof image.url === 'string' &&
    Number.isSafeInteger(image.width) && image.width >= 1 && Number.isSafeInteger(image.height) && image.height >= 1
}

function isItem ({ name, description, price, tax, tags, images }: Item): boolean {
  return typeof name === 'string' && name.length >= 1 && name.length <= 100 &&
    (description === undefined || (typeof description === 'string' && description.length <= 300)) &&
    typeof price === 'number' && price > 0 && (tax === undefined || typeof tax === 'number') &&
    Array.isArray(tags) && tags.length <= 20 && tags.every(tag => typeof tag === 'string') &&
    Array.isArray(images) && images.every(isImage)
}

function answer (response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }).end(text)
}

function create (request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', chunk => { chunks.push(chunk) })
  request.on('end', () => {
    const item: Item = JSON.parse(Buffer.concat(chunks).toString())
    if (!isItem(item)) return answer(response, 400, { message: 'Bad Request' })
    const { name, description, price, tax = 10.5, tags, images } = item
    answer(response, 200, { name, description, price, tax, tags, images: images.map(({ url, width, height }) => ({ url, width, height })) })
  })
}

export default async function listen (): Promise<number> {
  const server = createServer((request, response) => {
    if (request.method === 'POST' && request.url === '/items') create(request, response)
    else answer(response, 404, { message: 'Not Found' })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
