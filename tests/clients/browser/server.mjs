// The server behind the stories, as its administrators and applications reach it: without a browser.

import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import http from 'node:http'
import readline from 'node:readline'

export const { UAA, ADMIN_PASSWORD } = process.env
export const PASSWORD = 'a long secret of hers'

// Asks UAA as the client `admin`.
export async function admin(method, path, body) {
  const basic = Buffer.from(`admin:${process.env.ADMIN_SECRET}`).toString('base64')
  const given = await posts('/oauth/token', { grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` })
  const headers = { authorization: `bearer ${given.access_token}`, 'content-type': 'application/json' }
  const answer = await fetch(UAA + path, { method, headers, body: body && JSON.stringify(body) })
  const said = await answer.text()
  assert(answer.ok, `${method} ${path}: ${answer.status} ${said}`)
  return said ? JSON.parse(said) : null
}

// Sends a form, as an application does. Gives the answer, whatever it is.
export async function posts(path, form, headers = {}) {
  const answer = await fetch(UAA + path, { method: 'POST', headers: { accept: 'application/json', ...headers }, body: new URLSearchParams(form) })
  return answer.json()
}

// Makes an account with the usual password.
export async function account(userName, mail = `${userName}@acme.example`) {
  const name = { givenName: 'Mira', familyName: 'Holm' }
  return admin('POST', '/Users', { userName, name, password: PASSWORD, emails: [{ value: mail }] })
}

// Registers an application.
export async function application(client_id, more) {
  const usual = { client_secret: 'open sesame', name: 'Shop', scope: ['openid', 'profile'], authorized_grant_types: ['authorization_code', 'refresh_token'] }
  return admin('POST', '/oauth/clients', { client_id, ...usual, ...more })
}

// Listens on a port of its own, as an application does: `next()` is the next request for one of its pages.
export async function listen() {
  const [come, waiting] = [[], []]
  const server = http.createServer(async (request, answer) => {
    let body = ''
    for await (const part of request) body += part
    if (request.url === '/favicon.ico') return answer.writeHead(404).end()
    answer.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Shop</title><h1>Shop</h1>')
    const it = { url: new URL(request.url, home), body: new URLSearchParams(body) }
    waiting.length ? waiting.shift()(it) : come.push(it)
  })
  await new Promise((listens) => server.listen(0, '127.0.0.1', listens))
  server.unref()
  const home = `http://127.0.0.1:${server.address().port}`
  return { home, next: () => (come.length ? Promise.resolve(come.shift()) : new Promise((comes) => waiting.push(comes))), end: () => server.close() }
}

// The next message that the mail server was given for that address: `to`, `subject`, `link`.
export async function nextMail(address) {
  lines ??= readline.createInterface({ input: process.stdin }).on('line', (line) => mails.emit(JSON.parse(line).to[0], JSON.parse(line)))
  // Whoever runs the story gives one line for each that is asked for.
  console.log('mail')
  const [mail] = await once(mails, address)
  return mail
}

const mails = new EventEmitter()
let lines
