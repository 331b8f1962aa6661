// The server behind the stories, as its administrators and applications reach it: without a browser.

import assert from 'node:assert/strict'
import { once } from 'node:events'
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
  const grants = ['authorization_code', 'refresh_token']
  const usual = { client_secret: 'open sesame', name: 'Shop', scope: ['openid', 'profile', 'cloud_controller.read'], authorized_grant_types: grants }
  return admin('POST', '/oauth/clients', { client_id, ...usual, ...more })
}

// Listens on a port of its own, as an application does, with these pages: `next(path)` is the next request for that page of it.
export async function listen(pages = {}) {
  const came = new Queue()
  const server = http.createServer(async (request, answer) => {
    let body = ''
    for await (const part of request) body += part
    const url = new URL(request.url, home)
    const kind = url.pathname.endsWith('.js') ? 'text/javascript' : 'text/html'
    answer.writeHead(200, { 'content-type': kind }).end(pages[url.pathname] ?? '<!doctype html><title>Shop</title><h1>The shop</h1>')
    came.put(url.pathname, { url, body: new URLSearchParams(body) })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // What it waits for ends with the story.
  server.unref()
  const home = `http://127.0.0.1:${server.address().port}`
  return { home, next: (path) => came.take(path) }
}

// The next message that the mail server was given for that address: `to`, `text`, `link`.
export async function nextMail(address) {
  lines ??= readline.createInterface({ input: process.stdin }).on('line', (line) => mails.put(JSON.parse(line).to[0], JSON.parse(line)))
  process.stdin.unref()
  // Whoever runs the story gives one line for each that is asked for.
  console.log('mail')
  return mails.take(address)
}

// What comes under some name, in the order in which it comes.
class Queue {
  all = new Map()
  waiting = new Map()

  put(name, value) {
    const takes = of(this.waiting, name).shift()
    takes ? takes(value) : of(this.all, name).push(value)
  }

  take(name) {
    const there = of(this.all, name)
    if (there.length) return Promise.resolve(there.shift())
    return new Promise((takes, fails) => {
      const late = setTimeout(() => fails(new Error(`nothing has come for ${name}`)), 30_000)
      of(this.waiting, name).push((value) => {
        clearTimeout(late)
        takes(value)
      })
    })
  }
}

function of(map, name) {
  if (!map.has(name)) map.set(name, [])
  return map.get(name)
}

const mails = new Queue()
let lines
