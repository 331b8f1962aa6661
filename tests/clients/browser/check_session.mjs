// An application in the browser hears that the sign-in behind it has changed, without asking the server: `oidc-client-ts`, as its users
// write it, and the frames of UAA.

import assert from 'node:assert/strict'
import fs from 'node:fs'
import { story } from './story.mjs'
import { account, application, listen, PASSWORD, UAA } from './server.mjs'

const LIBRARY = fs.readFileSync(new URL('../../node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js', import.meta.url))

const page = (client_id) => `<!doctype html><title>Board</title><script src="/oidc.js"></script><button>Sign in</button><ol></ol><script>
  const tell = (text) => document.querySelector('ol').append(Object.assign(document.createElement('li'), { textContent: text }))
  const manager = new oidc.UserManager({
    authority: '${UAA}', client_id: '${client_id}', scope: 'openid profile',
    redirect_uri: location.origin + '/cb', silent_redirect_uri: location.origin + '/silent',
    monitorSession: true, checkSessionIntervalInSeconds: 1,
  })
  manager.events.addUserSessionChanged(() => tell('session changed'))
  manager.events.addUserSignedOut(() => tell('signed out'))
  document.querySelector('button').onclick = () => manager.signinRedirect()
  if (location.pathname === '/silent') manager.signinSilentCallback()
  if (location.pathname === '/cb') manager.signinRedirectCallback().then((user) => tell('hello ' + user.profile.sub), (error) => tell(String(error)))
</script>`

await story(async (it) => {
  const [name, client_id] = [it.name('noor'), it.name('board')]
  const { id } = await account(name)
  const app = await listen({ '/': page(client_id), '/cb': page(client_id), '/silent': page(client_id), '/oidc.js': LIBRARY })
  await application(client_id, {
    name: 'Board',
    client_secret: '',
    allowpublic: true,
    scope: ['openid', 'profile'],
    autoapprove: true,
    redirect_uri: [`${app.home}/cb`, `${app.home}/silent`],
  })

  const noor = await it.person()
  await noor.open('home')
  await noor.signsIn(name, PASSWORD)
  const board = await noor.context.newPage()
  const hears = (text) => board.locator('li', { hasText: text }).first().waitFor()
  await board.goto(app.home)
  await board.locator('button').click()
  await hears(`hello ${id}`)

  // What UAA's frames say to pages of that client, and of no other.
  const asks = (path, message, client = client_id, origin = app.home) => {
    const url = `${UAA}/${path}?${new URLSearchParams({ clientId: client, messageOrigin: origin })}`
    return board.evaluate(asked, [url, message])
  }
  assert.equal(await asks('session', `${client_id} ${id}`), 'unchanged')
  assert.equal(await asks('session', `${client_id} somebody-else`), 'changed')
  assert.equal(await asks('session', `other ${id}`), 'error')
  assert.equal(await asks('session_management', `${client_id} nonsense`), 'error')
  assert.equal(await asks('session_management', `${client_id} ${'0'.repeat(64)}.5a`), 'changed')

  // A new sign-in of the same person: the application asks again, silently, and goes on.
  await noor.open('login?prompt=login')
  await noor.types('Password', PASSWORD)
  await noor.presses('Sign in')
  await hears('session changed')
  // The end of it: the silent question is answered with no.
  await noor.signsOut('Mira Holm')
  await noor.sees('You are signed out')
  await hears('signed out')
  assert.equal(await asks('session', `${client_id} ${id}`), 'changed')
  assert.equal(await asks('session', `${client_id} ~`), 'unchanged')
})

// Asks a frame, in the page of an application.
async function asked([url, message]) {
  const frame = Object.assign(document.createElement('iframe'), { src: url, hidden: true })
  const loaded = new Promise((is) => frame.addEventListener('load', is))
  document.body.append(frame)
  await loaded
  const answer = new Promise((is) => addEventListener('message', (event) => event.source === frame.contentWindow && is(event.data)))
  frame.contentWindow.postMessage(message, new URL(url).origin)
  return answer
}
