// A second factor: set up, asked for at the next sign-in, replaced by a recovery code, and asked for by an application.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { story } from './story.mjs'
import { account, PASSWORD } from './server.mjs'
import { shop } from './relying_party.mjs'

await story(async (it) => {
  const name = it.name('mira')
  await account(name)
  const here = await it.person()
  await here.open('profile')
  await here.signsIn(name, PASSWORD)
  await here.sees('Profile and security')
  const { app, codes } = await setsUp(here)
  await here.sees('Profile and security', '10 of 10 left')

  const there = await it.person()
  await there.open('home')
  await there.signsIn(name, PASSWORD)
  await there.sees('Enter the code from your app')
  await there.types('Six-digit code', wrong(app))
  await there.presses('Verify')
  await there.sees('Enter the code from your app', 'That code is not right. Wait for the next one and check the time on your phone.')
  await there.types('Six-digit code', code(app, 1))
  await there.presses('Verify')
  await there.sees('Applications')

  const phoneless = await it.person()
  await phoneless.open('profile')
  await phoneless.signsIn(name, PASSWORD)
  await phoneless.follows('Use a recovery code')
  await phoneless.sees('Use a recovery code')
  await phoneless.types('Recovery code', '00000-00000')
  await phoneless.presses('Verify')
  await phoneless.sees('Use a recovery code', 'That code is not right, or it was used before.')
  await phoneless.types('Recovery code', codes[3])
  await phoneless.presses('Verify')
  await phoneless.sees('Profile and security', '9 of 10 left')

  await stepsUp(it)
})

// Somebody who has a session of the password alone, and opens an application that wants more.
async function stepsUp(it) {
  const name = it.name('noa')
  await account(name)
  const rp = await shop(it.name('bank'), { autoapprove: true })
  const early = await it.person()
  await early.open(await rp.asks())
  await early.signsIn(name, PASSWORD)
  assert.equal((await rp.gets()).claims().acr, 'pwd')
  const other = await it.person()
  await other.open('profile')
  await other.signsIn(name, PASSWORD)
  const { app } = await setsUp(other)

  await early.open(await rp.asks({ acr_values: 'mfa' }))
  await early.sees('Enter the code from your app')
  await early.types('Six-digit code', code(app, 1))
  await early.presses('Verify')
  const claims = (await rp.gets()).claims()
  assert.equal(claims.acr, 'mfa')
  assert.deepEqual(claims.amr, ['pwd', 'otp', 'mfa'])
}

// From the profile: the key that the page shows goes into an app. Gives it and the recovery codes.
async function setsUp(person) {
  await person.presses('Set up an authenticator app')
  await person.sees('Set up your authenticator app')
  const app = (await person.reads('main code')).replace(/\s/g, '')
  await person.types('Enter the code that it shows', wrong(app))
  await person.presses('Continue')
  await person.sees('Set up your authenticator app', 'That code is not right. Wait for the next one and check the time on your phone.')
  await person.types('Enter the code that it shows', code(app))
  await person.presses('Continue')
  await person.sees('Keep these recovery codes')
  const codes = (await person.reads('pre')).split(/\s+/)
  assert.equal(codes.length, 10)
  await person.ticks('I have kept them')
  await person.presses('Finish')
  return { app, codes }
}

// The code of this half minute, or of the next one, which is taken as well (RFC 6238 section 4).
function code(key, later = 0) {
  const bits = [...key].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later))
  const mac = createHmac('sha1', secret).update(step).digest()
  const at = mac[mac.length - 1] & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

function wrong(key) {
  return ['000000', '111111', '222222', '333333'].find((guess) => ![-1, 0, 1, 2].some((later) => code(key, later) === guess))
}
