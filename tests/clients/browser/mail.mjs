// What comes by mail: a new password, an account of one's own, another address, an invitation.

import assert from 'node:assert/strict'
import { story } from './story.mjs'
import { account, admin, nextMail, PASSWORD, posts } from './server.mjs'

const NEW = 'another long secret of hers'

await story(async (it) => {
  await forgets(it)
  await registers(it)
  await isInvited(it)
})

async function forgets(it) {
  const name = it.name('mira')
  const address = `${name}@acme.example`
  await account(name)
  const mira = await it.person()
  await mira.open('login')
  await mira.types('E-mail or user name', name)
  await mira.presses('Continue')
  await mira.follows('Forgot your password?')
  await mira.sees('Reset your password')
  await mira.types('E-mail or user name', name)
  await mira.presses('Send the link')
  await mira.sees('Check your mail')

  const { link } = await nextMail(address)
  await mira.open(link)
  await mira.sees('Choose a new password')
  await mira.types('New password', NEW)
  await mira.types('The same again', `${NEW}!`)
  await mira.presses('Save and sign in')
  await mira.sees('Choose a new password', 'The two are not the same. Enter it again.')
  await mira.types('New password', NEW)
  await mira.types('The same again', NEW)
  await mira.presses('Save and sign in')
  await mira.shows('main', 'Your new password is set.')
  assert.match((await nextMail(address)).text, new RegExp(name))
  await mira.open(link)
  await mira.sees('This link no longer works')

  await mira.open('change_email')
  await mira.signsIn(name, NEW)
  await mira.sees('Change your address')
  await mira.types('New e-mail address', `${name}@new.example`)
  await mira.presses('Send the link')
  await mira.sees('Check your mail')
  await mira.open((await nextMail(`${name}@new.example`)).link)
  await mira.presses('Confirm the address')
  await mira.shows('#you', `${name}@new.example`)
  await nextMail(address)
}

async function registers(it) {
  const address = `${it.name('noa')}@acme.example`
  const noa = await it.person()
  await noa.open('login')
  await noa.follows('Create an account')
  await noa.sees('Create an account')
  await noa.types('Your name', 'Noa')
  await noa.types('E-mail address', address)
  await noa.types('Password', 'password1')
  await noa.presses('Create account')
  await noa.sees('Create an account', 'This password is on the list of the most used ones. Choose another.')
  await noa.types('Password', NEW)
  await noa.presses('Create account')
  await noa.sees('Check your mail')
  await noa.open((await nextMail(address)).link)
  await noa.sees('Confirm your address')
  await noa.presses('Confirm the address')
  await noa.sees('Sign in', 'Your address is confirmed.')
}

async function isInvited(it) {
  const [address, client_id] = [`${it.name('ann')}@acme.example`, it.name('inviter')]
  const grants = ['client_credentials']
  await admin('POST', '/oauth/clients', { client_id, client_secret: 'open sesame', authorities: ['scim.invite'], authorized_grant_types: grants })
  const { access_token } = await posts('/oauth/token', { grant_type: 'client_credentials', client_id, client_secret: 'open sesame' })
  const invited = await fetch(`${process.env.UAA}/invite_users?send_mail=true&redirect_uri=https%3A%2F%2Fshop.example`, {
    method: 'POST',
    headers: { authorization: `bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ emails: [address] }),
  })
  assert.equal(invited.status, 200)
  const ann = await it.person()
  await ann.open((await nextMail(address)).link)
  await ann.sees('Join Hallmark')
  await ann.shows('main', address)
  await ann.types('Your name', 'Ann')
  await ann.types('Choose a password', PASSWORD)
  await ann.presses('Accept the invitation')
  await ann.sees('Sign in', 'Your account is ready.')
}
