// An application that signs people in: `openid-client`, as its users write it.

import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { application, listen, UAA } from './server.mjs'

// Registers it, and listens where it listens.
export async function shop(id, more = {}) {
  const app = await listen()
  const out = app.home.replace('127.0.0.1', 'localhost')
  await application(id, {
    redirect_uri: [`${app.home}/cb`],
    post_logout_redirect_uris: [`${app.home}/bye`],
    backchannel_logout_uri: `${out}/out`,
    frontchannel_logout_uri: `${app.home}/front`,
    ...more,
  })
  const config = await client.discovery(new URL(`${UAA}/.well-known/openid-configuration`), id, 'open sesame', undefined, {
    execute: [client.allowInsecureRequests],
  })
  return new RelyingParty(app, config)
}

class RelyingParty {
  constructor(app, config) {
    Object.assign(this, { app, config })
  }

  // Where it sends people who want to sign in: code flow with PKCE.
  async asks(more = {}) {
    this.checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce() }
    return client.buildAuthorizationUrl(this.config, {
      redirect_uri: `${this.app.home}/cb`,
      scope: 'openid profile cloud_controller.read',
      code_challenge: await client.calculatePKCECodeChallenge(this.checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: this.checks.expectedState,
      nonce: this.checks.expectedNonce,
      ...more,
    }).href
  }

  // What comes back to it: the tokens for the code.
  async gets() {
    const { url, body } = await this.app.next('/cb')
    const back = body.size ? new Request(url, { method: 'POST', body }) : url
    return client.authorizationCodeGrant(this.config, back, { ...this.checks, idTokenExpected: true })
  }

  // Where it sends people who sign out of it.
  signsOut(more) {
    return client.buildEndSessionUrl(this.config, { post_logout_redirect_uri: `${this.app.home}/bye`, ...more }).href
  }

  // What it is told when a session ends, as OpenID Connect Back-Channel Logout 1.0 section 2.6 has it checked.
  async isTold() {
    const { body } = await this.app.next('/out')
    const { issuer, jwks_uri } = this.config.serverMetadata()
    const audience = this.config.clientMetadata().client_id
    const { payload } = await jwtVerify(body.get('logout_token'), createRemoteJWKSet(new URL(jwks_uri)), { issuer, audience, typ: 'logout+jwt' })
    return payload
  }
}
