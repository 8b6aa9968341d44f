/** Metrics and health over HTTP. */
import { createServer, type Server } from 'node:http'
import type { Registry } from 'prom-client'

export interface Health {
  /** Whether it can serve: it knows a leader. */
  readonly isWell: boolean
  readonly fields: Readonly<Record<string, unknown>>
}

export const httpServer = (registry: Registry, health: () => Health): Server =>
  createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0]
    const say = (status: number, type: string, text: string) => {
      response.writeHead(status, { 'content-type': type })
      response.end(request.method === 'HEAD' ? undefined : text)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'text/plain', 'only GET\n')
    if (path === '/metrics') {
      const unreadable = (error: unknown) => say(500, 'text/plain', `${String(error)}\n`)
      return void registry.metrics().then((text) => say(200, registry.contentType, text), unreadable)
    }
    if (path !== '/health') return say(404, 'text/plain', 'there are /metrics and /health\n')
    const { isWell, fields } = health()
    return say(isWell ? 200 : 503, 'application/json', `${JSON.stringify(fields)}\n`)
  })
