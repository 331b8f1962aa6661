// What every script here needs: the provider under test, clients registered at it, and somebody at a browser elsewhere.

import assert from 'node:assert/strict'
import readline from 'node:readline'
import * as jose from 'jose'
import * as client from 'openid-client'
import { application } from '../browser/server.mjs'

const { UAA } = process.env

// Registers a client and discovers the provider for it.
export async function discovers(id, registered, metadata, authentication) {
  await application(id, registered)
  return client.discovery(new URL(`${UAA}/.well-known/openid-configuration`), id, metadata, authentication, {
    execute: [client.allowInsecureRequests],
  })
}

// A key of the client, and what it registers of it.
export async function ownKey() {
  const { privateKey, publicKey } = await jose.generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await jose.exportJWK(publicKey)), kid: 'own', alg: 'ES256', use: 'sig' }
  return { key: { key: privateKey, kid: 'own' }, jwks: { keys: [jwk] } }
}

// The parameters of a usual request, and what its answer is held against.
export async function request(more = {}) {
  const checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce() }
  const code_challenge = await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier)
  const parameters = {
    redirect_uri: REDIRECT,
    scope: 'openid profile',
    code_challenge,
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  }
  return { parameters, checks: { ...checks, idTokenExpected: true } }
}

// Somebody opens an address, signs in where that is asked, and agrees. Gives where the browser ended.
export async function opens(url) {
  console.log(`open ${url}`)
  lines ??= readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  process.stdin.ref()
  const { value, done } = await lines.next()
  process.stdin.unref()
  assert(!done, 'whoever runs this has a browser')
  return new URL(value)
}

export const REDIRECT = 'https://app.example/cb'
let lines
