// Discovery, code flow with PKCE, userinfo, introspection, refresh, revocation, the device grant, and the way out.

import assert from 'node:assert/strict'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { listen } from '../browser/server.mjs'
import { discovers, opens, REDIRECT, request } from './provider.mjs'

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const app = await listen()
const config = await discovers(
  'usual',
  {
    scope: ['openid', 'profile'],
    authorities: ['uaa.resource'],
    authorized_grant_types: ['authorization_code', 'refresh_token', DEVICE],
    redirect_uri: [REDIRECT],
    backchannel_logout_uri: `${app.home.replace('127.0.0.1', 'localhost')}/out`,
  },
  'open sesame',
)
assert(config.serverMetadata().supportsPKCE())

const { parameters, checks } = await request()
const back = await opens(client.buildAuthorizationUrl(config, parameters))
const tokens = await client.authorizationCodeGrant(config, back, checks)
const { sub, sid } = tokens.claims()
assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub)).user_name, 'admin')
assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, true)
// A code is good once, and whoever brings it again ends what came of it.
await assert.rejects(client.authorizationCodeGrant(config, back, checks), { error: 'invalid_grant' })
await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { name: 'ResponseBodyError' })

const again = await request({ prompt: 'none' })
const silent = await client.authorizationCodeGrant(config, await opens(client.buildAuthorizationUrl(config, again.parameters)), again.checks)
assert.equal(silent.claims().sid, sid)
const fresh = await client.refreshTokenGrant(config, silent.refresh_token)
assert.equal(fresh.claims().sub, sub)
await client.tokenRevocation(config, fresh.refresh_token)
await assert.rejects(client.refreshTokenGrant(config, fresh.refresh_token), { name: 'ResponseBodyError' })

const codes = await client.initiateDeviceAuthorization(config, { scope: 'openid' })
await opens(codes.verification_uri_complete)
const device = await client.pollDeviceAuthorizationGrant(config, { ...codes, interval: 1 }, undefined, { signal: AbortSignal.timeout(20_000) })
assert.equal(device.claims().sub, sub)

const out = client.buildEndSessionUrl(config, { id_token_hint: silent.id_token, post_logout_redirect_uri: REDIRECT, state: 'over' })
assert.equal((await opens(out)).href, `${REDIRECT}?state=over`)
// OpenID Connect Back-Channel Logout 1.0 section 2.6.
const { body } = await app.next('/out')
const { issuer, jwks_uri } = config.serverMetadata()
const keys = createRemoteJWKSet(new URL(jwks_uri))
const { payload } = await jwtVerify(body.get('logout_token'), keys, { issuer, audience: 'usual', typ: 'logout+jwt', requiredClaims: ['iat', 'exp', 'jti'] })
assert.deepEqual([payload.sub, payload.sid, payload.nonce], [sub, sid, undefined])
assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} })
console.log('usual: done')
