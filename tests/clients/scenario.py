"""Accounts, organizations, spaces, roles and quotas through an unmodified client library of the field.

Called as `scenario.py API USER PASSWORD`. Ends with the first thing that is not as it should be.
"""

import sys

from cloudfoundry_client.client import CloudFoundryClient
from cloudfoundry_client.errors import InvalidStatusCode
from cloudfoundry_client.v3.entities import ToManyRelationship
from cloudfoundry_client.v3.organization_quotas import AppsQuota
from oauth2_client.credentials_manager import OAuthError


def main(api, name, password):
    admin = signed_in(api, name, password)
    quota = quotas(admin)
    organization, space = places(admin)
    admin.v3.organization_quotas.apply_to_organizations(quota["guid"], ToManyRelationship(organization["guid"]))
    shown = admin.v3.organizations.get(organization["guid"])
    expect("the quota", shown["relationships"]["quota"]["data"]["guid"], quota["guid"])
    roles(api, admin, organization, space)
    events(admin, organization)
    gone(admin, quota, organization, space)
    print("scenario: done")


def quotas(admin):
    known = [quota["name"] for quota in admin.v3.organization_quotas.list()]
    expect("the first quotas", known, ["default"])
    apps = AppsQuota(1024, 512, 10, 5)
    made = admin.v3.organization_quotas.create("small", apps_quota=apps)
    expect("the limit", made["apps"]["total_memory_in_mb"], 1024)
    expect("no limit", made["routes"]["total_routes"], None)
    refused(422, "Organization Quota 'small' already exists.", lambda: admin.v3.organization_quotas.create("small"))
    return made


def places(admin):
    organization = admin.v3.organizations.create("acme", suspended=False, meta_labels={"env": "prod"})
    refused(422, "Organization 'acme' already exists.", lambda: admin.v3.organizations.create("acme", False))
    found = admin.v3.organizations.get_first(names="acme", label_selector="env in (prod)")
    expect("the organization by name and label", found["guid"], organization["guid"])
    spaces = [admin.v3.spaces.create(f"s{n}", organization["guid"]) for n in range(7)]
    # Page by page, through the links of the answer.
    pages = [space["name"] for space in admin.v3.spaces.list(per_page=2, order_by="-name")]
    expect("the spaces", pages, [f"s{n}" for n in reversed(range(7))])
    renamed = admin.v3.spaces.update(spaces[0]["guid"], "dev")
    expect("the new name", renamed["name"], "dev")
    both = admin.v3.spaces.get_first(names="dev", include="organization")
    expect("the organization of the space", both.organization()["name"], "acme")
    refused(404, "Space not found", lambda: admin.v3.spaces.get("00000000-0000-0000-0000-000000000000"))
    refused(400, "Unknown query parameter(s): 'nope'", lambda: list(admin.v3.spaces.list(nope="1")))
    return organization, renamed


def roles(api, admin, organization, space):
    account = post(admin, "/uaa/Users", {
        "userName": "bob", "password": "bobs-long-secret", "emails": [{"value": "bob@example.com"}]}, host=api)
    user = admin.v3.users.create(account["id"], meta_labels={"team": "a"})
    expect("the user", (user["username"], user["origin"]), ("bob", "uaa"))
    bob = signed_in(api, "bob", "bobs-long-secret")
    expect("what bob sees", list(bob.v3.organizations.list()), [])
    refused(404, "Organization not found", lambda: bob.v3.organizations.get(organization["guid"]))
    refused(403, "You are not authorized", lambda: bob.v3.organizations.create("mine", suspended=False))

    in_space = {"type": "space_developer", "relationships": {
        "user": {"data": {"guid": user["guid"]}}, "space": {"data": {"guid": space["guid"]}}}}
    refused(422, "Users cannot be assigned roles in a space", lambda: post(admin, "/v3/roles", in_space))
    member = post(admin, "/v3/roles", {"type": "organization_user", "relationships": {
        "user": {"data": {"username": "bob"}}, "organization": {"data": {"guid": organization["guid"]}}}})
    developer = post(admin, "/v3/roles", in_space)
    again = "User 'bob' already has 'space_developer' role in space 'dev'."
    refused(422, again, lambda: post(admin, "/v3/roles", in_space))
    held = {role["type"]: role for role in admin.v3.roles.list(user_guids=user["guid"], include="user,space")}
    expect("the roles", sorted(held), ["organization_user", "space_developer"])
    expect("whose", held["space_developer"].user()["username"], "bob")

    expect("what bob sees", [space["name"] for space in bob.v3.spaces.list()], ["dev"])
    refused(403, "You are not authorized", lambda: bob.v3.spaces.update(space["guid"], "mine"))
    refused(422, "Cannot delete organization_user role", lambda: admin.v3.roles.remove(member["guid"]))
    admin.v3.roles.remove(developer["guid"], asynchronous=False)
    admin.v3.roles.remove(member["guid"], asynchronous=False)
    expect("what bob sees", list(bob.v3.spaces.list()), [])
    admin.v3.jobs.wait_for_job_completion(admin.v3.users.remove(user["guid"]))


def events(admin, organization):
    types = {event["type"] for event in admin.v3.audit_events.list(organization_guids=organization["guid"])}
    for wanted in [
        "audit.organization.create",
        "audit.organization_quota.apply",
        "audit.space.create",
        "audit.space.update",
        "audit.user.organization_user_add",
        "audit.user.organization_user_remove",
        "audit.user.space_developer_add",
    ]:
        expect(f"{wanted} among the events", wanted in types, True)


def gone(admin, quota, organization, space):
    job = admin.delete(f"{admin.info.api_endpoint}/v3/spaces/{space['guid']}").headers["Location"]
    done = admin.v3.jobs.wait_for_job_completion(job.rsplit("/", 1)[-1])
    expect("the deletion", (done["operation"], done["state"]), ("space.delete", "COMPLETE"))
    refused(404, "Space not found", lambda: admin.v3.spaces.get(space["guid"]))
    admin.v3.organizations.remove(organization["guid"], asynchronous=False)
    expect("what is left", list(admin.v3.spaces.list()), [])
    admin.v3.organization_quotas.remove(quota["guid"], asynchronous=False)


def signed_in(api, name, password):
    client = CloudFoundryClient(api)
    try:
        client.init_with_user_credentials(name, password + "x")
    except OAuthError as error:
        expect("the refusal", error.status_code, 401)
    else:
        raise SystemExit("a wrong password was taken")
    client.init_with_user_credentials(name, password)
    return client


def post(client, path, body, host=None):
    """What the library has no name for, by its own session."""
    return client.post((host or client.info.api_endpoint) + path, json=body).json()


def refused(status, text, what):
    try:
        what()
    except InvalidStatusCode as error:
        if error.status_code != status or text not in str(error.body):
            raise SystemExit(f"expected {status} with {text!r}, got {error}")
    else:
        raise SystemExit(f"expected {status} with {text!r}, got a success")


def expect(what, found, wanted):
    if found != wanted:
        raise SystemExit(f"{what}: expected {wanted!r}, found {found!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
