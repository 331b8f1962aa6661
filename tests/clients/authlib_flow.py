"""Authlib (PyPI), unmodified: discovery, code flow with PKCE, ID token, userinfo, refresh, introspection, revocation.

Arguments: DISCOVERY CLIENT SECRET REDIRECT. Prints the address to open, and reads from its input where the browser ended.
"""

import sys

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

discovery, client, secret, redirect = sys.argv[1:]
server = requests.get(discovery, timeout=20).json()
session = OAuth2Session(
    client,
    secret,
    scope="openid email profile",
    redirect_uri=redirect,
    code_challenge_method="S256",
    token_endpoint=server["token_endpoint"],
    token_endpoint_auth_method="client_secret_basic",
)
verifier = "0123456789abcdef0123456789abcdef0123456789abcdef"
url, state = session.create_authorization_url(
    server["authorization_endpoint"], code_verifier=verifier, nonce="n-0S6_WzA2Mj"
)
print("open " + url, flush=True)
back = sys.stdin.readline().strip()

token = session.fetch_token(authorization_response=back, code_verifier=verifier, state=state)
keys = KeySet.import_key_set(requests.get(server["jwks_uri"], timeout=20).json())
decoded = jwt.decode(token["id_token"], keys, algorithms=server["id_token_signing_alg_values_supported"])
claims = CodeIDToken(
    decoded.claims,
    decoded.header,
    {"iss": {"essential": True, "value": server["issuer"]}, "aud": {"essential": True, "value": client}},
    {"nonce": "n-0S6_WzA2Mj", "client_id": client, "access_token": token["access_token"]},
)
claims.validate()

person = session.get(server["userinfo_endpoint"]).json()
assert person["sub"] == claims["sub"], (person, claims)
assert person["email"], person

before = token["access_token"]
token = session.refresh_token(server["token_endpoint"])
assert token["access_token"] != before, "the refresh gave the same token"
told = session.introspect_token(server["introspection_endpoint"], token=token["access_token"]).json()
assert told["active"] and told["client_id"] == client, told
session.revoke_token(server["revocation_endpoint"], token=token["refresh_token"])
again = requests.post(
    server["token_endpoint"],
    data={"grant_type": "refresh_token", "refresh_token": token["refresh_token"]},
    auth=(client, secret),
    timeout=20,
)
assert (again.status_code, again.json()["error"]) == (400, "invalid_grant"), again.text
print("flow: done")
