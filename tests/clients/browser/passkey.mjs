// Somebody makes a passkey, signs in with it alone, and with it after the password.

import { story } from './story.mjs'
import { account, PASSWORD } from './server.mjs'

await story(async (it) => {
  const name = it.name('mira')
  await account(name)

  const mira = await it.person()
  const device = await hasDevice(mira)
  await mira.open('profile')
  await mira.signsIn(name, PASSWORD)
  await mira.sees('Profile and security')
  await mira.presses('Add a passkey')
  await mira.sees('Set up a passkey')
  await mira.types('What to call it', 'Blue laptop')
  await device.isFor('nobody')
  await mira.presses('Make a passkey')
  await mira.sees('Set up a passkey', 'No passkey was made.')
  await device.isFor('its owner')
  await mira.presses('Make a passkey')
  await mira.sees('Keep these recovery codes')
  await mira.ticks('I have kept them')
  await mira.presses('Finish')
  await mira.sees('Profile and security')
  await mira.shows('#passkeys', 'Blue laptop')

  // The browser offers it under the user name, and this one's owner takes it at once: nothing is typed, nothing pressed.
  await mira.signsOut('Mira Holm')
  await mira.sees('You are signed out')
  await mira.follows('Sign in again')
  await mira.sees('Applications')

  // By the button, too, after it was not her finger.
  await mira.signsOut('Mira Holm')
  await device.isPresent(false)
  await mira.open('login/passkey')
  await mira.sees('Use your passkey')
  await device.isFor('nobody')
  await device.isPresent(true)
  await mira.presses('Sign in with a passkey')
  await mira.sees('Use your passkey', 'The passkey was not accepted.')
  await device.isFor('its owner')
  await mira.presses('Sign in with a passkey')
  await mira.sees('Applications')

  // After a password it is the second proof, and is asked for at once.
  await mira.page.context().clearCookies()
  await device.isPresent(false)
  await mira.open('profile')
  await mira.signsIn(name, PASSWORD)
  await mira.sees('Use your passkey')
  await device.isPresent(true)
  await mira.presses('Sign in with a passkey')
  await mira.sees('Profile and security')

  const without = await it.person({ javaScriptEnabled: false })
  await without.open('login')
  await without.presses('Sign in with a passkey')
  await without.sees('Use your passkey', 'A passkey needs JavaScript.')
})

// A device of Chromium's own making, that holds passkeys and knows its owner.
async function hasDevice(person) {
  const chromium = await person.context.newCDPSession(person.page)
  await chromium.send('WebAuthn.enable')
  const options = {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true,
  }
  const { authenticatorId } = await chromium.send('WebAuthn.addVirtualAuthenticator', { options })
  return {
    isFor: (who) => chromium.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: who === 'its owner' }),
    isPresent: (enabled) => chromium.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
  }
}
