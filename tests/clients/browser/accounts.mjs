// Several accounts at one browser, and an application that leaves it to the person which of them goes on.

import assert from 'node:assert/strict'
import { shop } from './relying_party.mjs'
import { account, PASSWORD } from './server.mjs'
import { story } from './story.mjs'

await story(async (it) => {
  const [first, second] = [it.name('mira'), it.name('miro')]
  const { id } = await account(first)
  await account(second)
  const rp = await shop(it.name('accounts'), { autoapprove: true })
  const asks = () => rp.asks({ prompt: 'select_account' })

  const mira = await it.person()
  await mira.open(await asks())
  await mira.signsIn(first, PASSWORD)
  await rp.gets()
  await mira.open(await asks())
  await mira.sees('Choose an account')
  await mira.follows('Use another account')
  await mira.signsIn(second, PASSWORD)
  await rp.gets()

  // Whoever is not signed in proves it, and need not type the name again.
  await mira.open(await asks())
  await mira.sees('Choose an account', 'Remove')
  await mira.goes(mira.page.locator(`button[name=account][value="${first}"]`))
  assert.equal(await mira.page.inputValue('#username'), first)
  await mira.presses('Continue')
  await mira.types('Password', PASSWORD)
  await mira.presses('Sign in')
  assert.equal((await rp.gets()).claims().sub, id)

  // Whoever is, only chooses.
  await mira.open(await asks())
  await mira.shows('h1', 'Choose an account')
  await mira.goes(mira.page.locator(`button[name=account][value="${first}"]`))
  assert.equal((await rp.gets()).claims().sub, id)

  await mira.open(await asks())
  await mira.goes(mira.page.locator(`button[name=forget][value="${second}"]`))
  await mira.shows('h1', 'Choose an account')
  assert.equal(await mira.page.locator('button[name=account]').count(), 1)
})
