// An application asks for access, gets it, and is told when the session is over.

import assert from 'node:assert/strict'
import { story } from './story.mjs'
import { account, PASSWORD } from './server.mjs'
import { shop } from './relying_party.mjs'

await story(async (it) => {
  const name = it.name('mira')
  const { id } = await account(name)
  const rp = await shop(it.name('shop'))

  const mira = await it.person()
  await mira.open(await rp.asks())
  await mira.signsIn(name, PASSWORD)
  await mira.sees('Shop asks for access', 'See your organizations, spaces and applications')
  await mira.presses('Deny')
  await assert.rejects(rp.gets(), { error: 'access_denied' })

  await mira.open(await rp.asks())
  await mira.sees('Shop asks for access')
  await mira.presses('Allow')
  const tokens = await rp.gets()
  assert.equal(tokens.claims().sub, id)
  assert.deepEqual(tokens.claims().amr, ['pwd'])

  // The second time nobody is asked.
  await mira.open(await rp.asks())
  const { sid } = (await rp.gets()).claims()
  await mira.open('profile')
  await mira.sees('Profile and security', 'Connected applications', 'Shop')

  await mira.signsOut('Mira Holm')
  await mira.sees('You are signed out')
  // It is told by the browser and by the server.
  const front = (await rp.app.next('/front')).url.searchParams
  assert.deepEqual([front.get('iss'), front.get('sid')], [rp.config.serverMetadata().issuer, sid])
  const told = await rp.isTold()
  assert.deepEqual([told.sub, told.sid], [id, sid])
  assert.deepEqual(told.events, { 'http://schemas.openid.net/event/backchannel-logout': {} })

  // From the application: after a question when it does not show whom it means, else at once, and back.
  await mira.open(await rp.asks())
  await mira.signsIn(name, PASSWORD)
  const { id_token } = await rp.gets()
  await mira.open(rp.signsOut())
  await mira.sees('Sign out?')
  await mira.presses('Stay signed in')
  await mira.sees('Applications')
  await mira.open(rp.signsOut({ id_token_hint: id_token, state: 'xyz' }))
  // The page after the sign-out goes on by itself, when the frames are through.
  await mira.page.waitForURL('**/bye*')
  assert.equal((await rp.app.next('/bye')).url.searchParams.get('state'), 'xyz')
  await mira.open('home')
  await mira.shows('h1', 'Sign in')
})
