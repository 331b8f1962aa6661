// Somebody signs in, mistypes the password, and is paused after too many attempts.

import { story } from './story.mjs'
import { account, PASSWORD } from './server.mjs'

await story(async (it) => {
  const name = it.name('mira')
  await account(name)

  const mira = await it.person()
  await mira.open('home')
  await mira.sees('Sign in')
  await mira.types('E-mail or user name', name)
  await mira.presses('Continue')
  await mira.sees('Enter your password')
  await mira.types('Password', 'not hers')
  await mira.presses('Sign in')
  await mira.sees('Enter your password', 'The user name or the password is not right.')
  await mira.types('Password', PASSWORD)
  await mira.presses('Sign in')
  await mira.sees('Applications', 'No applications yet')
  // Back is the sign-in, which goes on as who she is: no form is sent again.
  await mira.page.goBack()
  await mira.sees('Applications', 'No applications yet')

  // Her name is on the page, and the way out is below it.
  await mira.signsOut('Mira Holm')
  await mira.sees('You are signed out')
  await mira.follows('Sign in again')
  await mira.sees('Sign in')

  const guesser = await it.person()
  await guesser.open('login')
  await guesser.types('E-mail or user name', name)
  await guesser.presses('Continue')
  for (let guess = 0; guess < 5; guess++) {
    await guesser.types('Password', `guess ${guess}`)
    await guesser.presses('Sign in')
  }
  await guesser.types('Password', PASSWORD)
  await guesser.presses('Sign in')
  await guesser.sees('Sign-in is paused', 'Too many attempts were made for this account.')

  const lost = await it.person()
  await lost.open('oauth/authorize?client_id=nobody&response_type=code')
  await lost.sees('We cannot go on from here', 'The application that sent you is not known here.')
  await lost.open('forgot_password')
  await lost.sees('Mail is not set up')
})
