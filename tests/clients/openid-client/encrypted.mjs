// What is encrypted for a client: ID tokens, answers of the authorization endpoint, userinfo and introspection, in each way that the
// discovery document promises; and requests that the client encrypts to the server.

import assert from 'node:assert/strict'
import * as jose from 'jose'
import * as client from 'openid-client'
import { posts } from '../browser/server.mjs'
import { discovers, opens, ownKey, REDIRECT, request } from './provider.mjs'

const ways = [
  ['RSA-OAEP-256', 'A128CBC-HS256'],
  ['RSA-OAEP-256', 'A256GCM'],
  ['RSA-OAEP-256', 'A128GCM'],
  ['RSA-OAEP-256', 'A256CBC-HS512'],
  ['ECDH-ES', 'A128CBC-HS256'],
  ['ECDH-ES', 'A256CBC-HS512', 'X25519'],
  ['ECDH-ES', 'A128GCM'],
  ['ECDH-ES', 'A256GCM', 'X25519'],
  ['ECDH-ES+A128KW', 'A128CBC-HS256'],
  ['ECDH-ES+A256KW', 'A256CBC-HS512', 'X25519'],
  ['RSA-OAEP', 'A256GCM'],
]
const promised = new Set()

for (const [at, [alg, enc, crv]] of ways.entries()) {
  const own = await ownKey()
  const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true, crv })
  const jwk = { ...(await jose.exportJWK(publicKey)), kid: `enc-${at}`, use: 'enc' }
  const members = ['id_token', 'userinfo', 'authorization', 'introspection'].flatMap((name) => [
    [`${name}_encrypted_response_alg`, alg],
    [`${name}_encrypted_response_enc`, enc],
  ])
  const config = await discovers(
    `reads-${at}`,
    {
      scope: ['openid', 'profile'],
      authorities: ['uaa.resource'],
      redirect_uri: [REDIRECT],
      autoapprove: true,
      jwks: { keys: [...own.jwks.keys, jwk] },
      userinfo_signed_response_alg: 'RS256',
      request_object_encryption_alg: 'ECDH-ES+A256KW',
      ...Object.fromEntries(members),
    },
    { client_secret: 'open sesame', introspection_signed_response_alg: 'RS256' },
  )
  const server = config.serverMetadata()
  for (const name of ['id_token', 'userinfo', 'authorization', 'introspection']) {
    assert(server[`${name}_encryption_alg_values_supported`].includes(alg), name)
    assert(server[`${name}_encryption_enc_values_supported`].includes(enc), name)
  }
  server.id_token_encryption_alg_values_supported.forEach((one) => promised.add(one))
  const read = { key: privateKey, alg, kid: jwk.kid }

  // Whoever has no key reads nothing.
  const { parameters, checks } = await request()
  const blind = await client.authorizationCodeGrant(config, await opens(client.buildAuthorizationUrl(config, parameters)), checks).catch((error) => error)
  assert(blind instanceof Error, 'an ID token that anybody reads')

  client.enableDecryptingResponses(config, [enc], read)
  client.useJwtResponseMode(config)
  const second = await request()
  const back = await opens(client.buildAuthorizationUrl(config, second.parameters))
  assert.deepEqual([...back.searchParams.keys()], ['response'])
  assert.equal(back.searchParams.get('response').split('.').length, 5)
  const tokens = await client.authorizationCodeGrant(config, back, second.checks)
  const head = jose.decodeProtectedHeader(tokens.id_token)
  assert.deepEqual([head.alg, head.enc, head.cty, head.kid], [alg, enc, 'JWT', jwk.kid])
  const { sub } = tokens.claims()
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub)).user_name, 'admin')
  assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, true)
  assert.equal((await client.refreshTokenGrant(config, tokens.refresh_token)).claims().sub, sub)

  // The other way: a request that only the server reads.
  const keys = await (await fetch(server.jwks_uri)).json()
  const ours = keys.keys.find((key) => key.use === 'enc')
  const third = await request()
  const signed = await client.buildAuthorizationUrlWithJAR(config, third.parameters, own.key)
  const sealed = await new jose.CompactEncrypt(new TextEncoder().encode(signed.searchParams.get('request')))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A128CBC-HS256', cty: 'JWT', kid: ours.kid })
    .encrypt(await jose.importJWK(ours, 'ECDH-ES+A256KW'))
  signed.searchParams.set('request', sealed)
  const answered = await client.authorizationCodeGrant(config, await opens(signed), third.checks)
  assert.equal(answered.claims().sub, sub)
}
// Nothing is promised that was not tried.
assert.deepEqual([...promised].sort(), [...new Set(ways.map(([alg]) => alg))].sort())

// What `openid-client` has no keys for, `jose` reads.
for (const crv of ['P-384', 'P-521']) {
  const { privateKey, publicKey } = await jose.generateKeyPair('ECDH-ES', { extractable: true, crv })
  const jwk = { ...(await jose.exportJWK(publicKey)), kid: 'enc', use: 'enc' }
  const shop = { scope: ['openid'], redirect_uri: [REDIRECT], autoapprove: true, jwks: { keys: [jwk] } }
  const config = await discovers(crv, { ...shop, id_token_encrypted_response_alg: 'ECDH-ES' }, 'open sesame')
  const { parameters, checks } = await request({ scope: 'openid' })
  const back = await opens(client.buildAuthorizationUrl(config, parameters))
  const { plaintext } = await redeemed(back, crv, checks.pkceCodeVerifier).then(({ id_token }) => jose.compactDecrypt(id_token, privateKey))
  const { issuer, jwks_uri } = config.serverMetadata()
  await jose.jwtVerify(plaintext, jose.createRemoteJWKSet(new URL(jwks_uri)), { issuer, audience: crv })
}

// Not signed, and encrypted: the plain claims.
const { privateKey, publicKey } = await jose.generateKeyPair('RSA-OAEP-256', { extractable: true })
const config = await discovers(
  'plain',
  {
    scope: ['openid', 'profile'],
    redirect_uri: [REDIRECT],
    autoapprove: true,
    jwks: { keys: [{ ...(await jose.exportJWK(publicKey)), kid: 'enc', alg: 'RSA-OAEP-256' }] },
    userinfo_encrypted_response_alg: 'RSA-OAEP-256',
  },
  'open sesame',
)
const { parameters, checks } = await request()
const tokens = await client.authorizationCodeGrant(config, await opens(client.buildAuthorizationUrl(config, parameters)), checks)
const said = await client.fetchProtectedResource(config, tokens.access_token, new URL(config.serverMetadata().userinfo_endpoint), 'GET')
assert.equal(said.headers.get('content-type'), 'application/jwt')
const { plaintext, protectedHeader } = await jose.compactDecrypt(await said.text(), privateKey)
assert.deepEqual([protectedHeader.enc, protectedHeader.cty], ['A128CBC-HS256', undefined])
assert.equal(JSON.parse(new TextDecoder().decode(plaintext)).user_name, 'admin')
console.log('encrypted: done')

function redeemed(back, id, code_verifier) {
  const authorization = `Basic ${Buffer.from(`${id}:open sesame`).toString('base64')}`
  const form = { grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: REDIRECT, code_verifier }
  return posts('/oauth/token', form, { authorization })
}
