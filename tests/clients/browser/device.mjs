// A device without a browser is connected from another.

import assert from 'node:assert/strict'
import { story } from './story.mjs'
import { account, application, PASSWORD, posts } from './server.mjs'

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

await story(async (it) => {
  const name = it.name('mira')
  await account(name)
  const client_id = it.name('television')
  await application(client_id, { name: 'Television', authorized_grant_types: [GRANT, 'refresh_token'] })
  const device = { client_id, client_secret: 'open sesame' }
  const asks = () => posts('/oauth/device_authorization', { ...device, scope: 'openid cloud_controller.read' })
  const polls = (codes) => posts('/oauth/token', { ...device, grant_type: GRANT, device_code: codes.device_code })

  const codes = await asks()
  const mira = await it.person()
  await mira.open(codes.verification_uri)
  await mira.signsIn(name, PASSWORD)
  await mira.sees('Connect a device')
  await mira.types('Code on the device', 'BCDF-GHJK')
  await mira.presses('Continue')
  await mira.sees('Connect a device', 'There is no such code, or it has expired. Compare it with the one on the device, or begin again there.')
  await mira.types('Code on the device', codes.user_code.toLowerCase().replace('-', ' '))
  await mira.presses('Continue')
  await mira.sees('Is this your device?', 'Television', 'See your organizations, spaces and applications')
  assert.equal(await mira.reads('.show'), codes.user_code)
  await mira.presses('Allow')
  await mira.sees('The device is connected', 'It continues within a few seconds.')
  assert((await polls(codes)).id_token)

  const others = await asks()
  await mira.open(others.verification_uri_complete)
  await mira.presses('Continue')
  await mira.presses('Deny')
  await mira.sees('The device is not connected')
  assert.equal((await polls(others)).error, 'access_denied')
})
