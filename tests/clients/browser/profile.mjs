// Where somebody is signed in, and how that ends.

import assert from 'node:assert/strict'
import { story } from './story.mjs'
import { account, PASSWORD } from './server.mjs'

await story(async (it) => {
  const name = it.name('mira')
  await account(name)
  const [here, phone, library] = [await it.person(), await it.person(), await it.person()]
  for (const person of [here, phone, library]) {
    await person.open('profile')
    await person.signsIn(name, PASSWORD)
    await person.sees('Profile and security')
  }
  await here.open('profile')
  await here.sees('Profile and security', 'This device', 'Sign out everywhere')
  assert.equal(await here.page.locator('#sessions li').count(), 3)
  await here.presses('End', '#sessions')
  await here.sees('Profile and security')
  assert.equal(await here.page.locator('#sessions li').count(), 2)

  await here.presses('Sign out everywhere')
  await here.sees('You are signed out')
  for (const person of [here, phone, library]) {
    await person.open('profile')
    await person.shows('h1', 'Sign in')
  }

  // The pages around it.
  await here.signsIn(name, PASSWORD)
  await here.sees('Profile and security')
  await here.open('passcode')
  await here.sees('Your passcode')
  await here.open('profile')
  await here.presses('Change', '#password')
  await here.sees('Change your password')
  await here.types('Present password', 'not hers')
  await here.types('New password', 'an even longer secret')
  await here.types('The same again', 'an even longer secret')
  await here.presses('Save and go on')
  await here.sees('Change your password', 'The present password is not right.')
})
