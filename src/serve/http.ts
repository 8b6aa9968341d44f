/** Metrics and health over HTTP. */
import { createServer, type Server } from 'node:http'

export interface Health {
  /** Whether it can serve: it knows a leader. */
  readonly isWell: boolean
  readonly fields: Readonly<Record<string, unknown>>
}

export const httpServer = (metrics: () => string, health: () => Health): Server =>
  createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0]
    const say = (status: number, type: string, text: string) => {
      response.writeHead(status, { 'content-type': type })
      response.end(request.method === 'HEAD' ? undefined : text)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'text/plain', 'only GET\n')
    if (path === '/metrics') return say(200, 'text/plain; version=0.0.4; charset=utf-8', metrics())
    if (path !== '/health') return say(404, 'text/plain', 'there are /metrics and /health\n')
    const { isWell, fields } = health()
    return say(isWell ? 200 : 503, 'application/json', `${JSON.stringify(fields)}\n`)
  })
