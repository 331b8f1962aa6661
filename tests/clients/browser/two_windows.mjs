// Somebody signs in and out in one window, and goes on in another one whose page is older.

import assert from 'node:assert/strict'
import { story } from './story.mjs'
import { account, admin, PASSWORD } from './server.mjs'
import { shop } from './relying_party.mjs'

await story(async (it) => {
  const name = it.name('mira')
  const { id } = await account(name)
  const mira = await it.person()
  const other = await mira.window()
  for (const window of [mira, other]) await window.open('profile')
  await mira.signsIn(name, PASSWORD)
  await other.types('E-mail or user name', name)
  await other.presses('Continue')
  await other.sees('Profile and security')

  // Out here, and a button there: the way leads over the sign-in to the page of that button.
  await other.signsOut('Mira Holm')
  await mira.presses('Change', '#password')
  await mira.sees('Sign in', 'Your session has ended.')
  await mira.signsIn(name, PASSWORD)
  await mira.sees('Change your password')

  // Somebody else has signed in here meanwhile: nobody goes on as them unasked.
  const friend = it.name('noa')
  await account(friend)
  await other.signsOutAnywhere()
  for (const window of [mira, other]) await window.open('home')
  await other.signsIn(friend, PASSWORD)
  await mira.types('E-mail or user name', name)
  await mira.presses('Continue')
  await mira.sees('Sign in', 'The page was out of date.')
  await mira.signsIn(name, PASSWORD)

  // What was allowed on an older page is asked about again.
  const rp = await shop(it.name('shop'))
  await mira.open(await rp.asks())
  await mira.sees('Shop asks for access')
  await other.signsOutAnywhere()
  await other.open('home')
  await other.signsIn(name, PASSWORD)
  await mira.presses('Allow')
  await mira.sees('Shop asks for access', 'The page was out of date.', 'Nothing was sent. Enter it again.')
  await mira.presses('Allow')
  assert((await rp.gets()).id_token)

  // An administrator has ended the session.
  await admin('GET', `/oauth/token/revoke/user/${id}`)
  await other.open('profile')
  await other.sees('Sign in', 'Your session has ended.')

  const careful = await it.person()
  await careful.open('home')
  await careful.context.clearCookies()
  await careful.types('E-mail or user name', name)
  await careful.presses('Continue')
  await careful.sees('Cookies are needed', 'Allow cookies for this site, then load the page again.')
  await careful.follows('Load the page again')
  await careful.sees('Sign in')
})
