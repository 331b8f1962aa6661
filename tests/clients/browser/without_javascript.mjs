// Everything but the passkey works in a browser that runs no JavaScript.

import assert from 'node:assert/strict'
import { story } from './story.mjs'
import { account, application, nextMail, PASSWORD, posts } from './server.mjs'
import { shop } from './relying_party.mjs'

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const NEW = 'another long secret of hers'

await story(
  async (it) => {
    const name = it.name('mira')
    await account(name)
    const rp = await shop(it.name('shop'))
    const mira = await it.person()
    await mira.open(await rp.asks({ response_mode: 'form_post' }))
    await mira.signsIn(name, PASSWORD)
    await mira.sees('Shop asks for access')
    await mira.presses('Allow')
    await mira.sees('Back to Shop')
    await mira.presses('Continue')
    assert((await rp.gets()).id_token)

    const client_id = it.name('television')
    await application(client_id, { name: 'Television', authorized_grant_types: [GRANT] })
    const codes = await posts('/oauth/device_authorization', { client_id, client_secret: 'open sesame', scope: 'openid' })
    await mira.open(codes.verification_uri)
    await mira.types('Code on the device', codes.user_code)
    await mira.presses('Continue')
    await mira.sees('Is this your device?', 'Television')
    await mira.presses('Allow')
    await mira.sees('The device is connected')

    const other = await it.person()
    await other.open('home')
    await other.signsIn(name, PASSWORD)
    await mira.open('profile')
    await mira.sees('Profile and security')
    await mira.presses('End', '#sessions')
    await other.open('home')
    await other.sees('Sign in')
    await mira.signsOut('Mira Holm')
    await mira.sees('You are signed out')

    await mira.open('forgot_password')
    await mira.types('E-mail or user name', name)
    await mira.presses('Send the link')
    await mira.sees('Check your mail')
    await mira.open((await nextMail(`${name}@acme.example`)).link)
    await mira.types('New password', NEW)
    await mira.types('The same again', NEW)
    await mira.presses('Save and sign in')
    await mira.shows('main', 'Your new password is set.')
    await nextMail(`${name}@acme.example`)
    await mira.open('home')
    await mira.signsIn(name, NEW)
    await mira.sees('Applications')
  },
  { javaScriptEnabled: false },
)
