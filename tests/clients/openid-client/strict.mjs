// What FAPI 2.0 wants of a client: PAR, JAR, JARM, private_key_jwt, and DPoP with the server's nonces.

import assert from 'node:assert/strict'
import * as client from 'openid-client'
import { discovers, opens, ownKey, REDIRECT, request } from './provider.mjs'

const { key, jwks } = await ownKey()
const config = await discovers(
  'strict',
  {
    scope: ['openid', 'profile'],
    redirect_uri: [REDIRECT],
    jwks,
    fapi_profile: 'fapi2_message_signing',
    require_dpop_nonce: true,
    request_object_signing_alg: 'ES256',
  },
  {},
  client.PrivateKeyJwt(key),
)
client.useJwtResponseMode(config)
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))

const { parameters, checks } = await request()
// Without any of it, the request is refused.
const plain = await opens(client.buildAuthorizationUrl(config, parameters))
assert(!plain.searchParams.has('code') && !plain.hash.includes('code'), plain.href)
const signed = await client.buildAuthorizationUrlWithJAR(config, parameters, key)
const pushed = await client.buildAuthorizationUrlWithPAR(config, Object.fromEntries(signed.searchParams), { DPoP })
assert.deepEqual([...pushed.searchParams.keys()].sort(), ['client_id', 'request_uri'])
const back = await opens(pushed)
assert.deepEqual([...back.searchParams.keys()], ['response'])
const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP })
assert.equal(tokens.token_type, 'dpop')
const { sub } = tokens.claims()
assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).user_name, 'admin')
const fresh = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
assert.equal(fresh.token_type, 'dpop')
await assert.rejects(client.fetchUserInfo(config, fresh.access_token, sub), 'a bound token is no bearer token')
// RFC 9449 section 5: with this client's refresh tokens its own key is asked for. The access token is good with that of the proof alone.
const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
await assert.rejects(client.fetchUserInfo(config, fresh.access_token, sub, { DPoP: thief }))
console.log('strict: done')
