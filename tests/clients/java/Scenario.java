import java.time.Duration;
import java.util.List;
import org.cloudfoundry.client.CloudFoundryClient;
import org.cloudfoundry.client.v3.Relationship;
import org.cloudfoundry.client.v3.ToOneRelationship;
import org.cloudfoundry.client.v3.organizations.*;
import org.cloudfoundry.client.v3.roles.*;
import org.cloudfoundry.client.v3.spaces.*;
import org.cloudfoundry.client.v3.jobs.GetJobRequest;
import org.cloudfoundry.client.v3.ClientV3Exception;
import org.cloudfoundry.reactor.ConnectionContext;
import org.cloudfoundry.reactor.DefaultConnectionContext;
import org.cloudfoundry.reactor.TokenProvider;
import org.cloudfoundry.reactor.client.ReactorCloudFoundryClient;
import org.cloudfoundry.reactor.tokenprovider.ClientCredentialsGrantTokenProvider;
import org.cloudfoundry.reactor.tokenprovider.PasswordGrantTokenProvider;
import org.cloudfoundry.reactor.uaa.ReactorUaaClient;
import org.cloudfoundry.uaa.UaaClient;
import org.cloudfoundry.uaa.UaaException;
import org.cloudfoundry.uaa.clients.*;
import org.cloudfoundry.uaa.groups.*;
import org.cloudfoundry.uaa.tokens.GrantType;
import org.cloudfoundry.uaa.users.*;
import org.cloudfoundry.util.JobUtils;
import reactor.core.publisher.Mono;

/** The Java client of the field against a running server: HOST PORT USER PASSWORD CLIENT SECRET. */
public class Scenario {
    static final Duration SOON = Duration.ofSeconds(20);

    public static void main(String[] args) {
        ConnectionContext context = DefaultConnectionContext.builder()
            .apiHost(args[0]).port(Integer.parseInt(args[1])).secure(false).build();
        TokenProvider admin = PasswordGrantTokenProvider.builder().username(args[2]).password(args[3]).build();
        CloudFoundryClient cf = ReactorCloudFoundryClient.builder().connectionContext(context).tokenProvider(admin).build();
        TokenProvider machine =
            ClientCredentialsGrantTokenProvider.builder().clientId(args[4]).clientSecret(args[5]).build();
        UaaClient uaa = ReactorUaaClient.builder().connectionContext(context).tokenProvider(machine).build();

        String organization = now(cf.organizationsV3().create(CreateOrganizationRequest.builder()
            .name("java").build())).getId();
        String space = now(cf.spacesV3().create(CreateSpaceRequest.builder().name("beans")
            .relationships(SpaceRelationships.builder().organization(to(organization)).build()).build())).getId();
        var spaces = now(cf.spacesV3().list(ListSpacesRequest.builder().organizationIds(organization).build()));
        same(spaces.getResources().get(0).getName(), "beans");
        same(now(cf.organizationsV3().list(ListOrganizationsRequest.builder().name("java").build()))
            .getPagination().getTotalResults(), 1);

        String user = now(uaa.users().create(CreateUserRequest.builder().userName("duke").password("Quite-long-secret-7")
            .name(Name.builder().givenName("Duke").familyName("Java").build())
            .email(Email.builder().value("duke@example.com").primary(true).build()).build())).getId();
        same(now(uaa.users().list(ListUsersRequest.builder().filter("userName eq \"duke\"").build()))
            .getResources().get(0).getId(), user);
        String group = now(uaa.groups().create(CreateGroupRequest.builder().displayName("java.drinkers").build())).getId();
        now(uaa.groups().addMember(AddMemberRequest.builder().groupId(group).memberId(user).origin("uaa")
            .type(MemberType.USER).build()));
        same(now(uaa.groups().listMembers(ListMembersRequest.builder().groupId(group).returnEntities(false).build()))
            .getMembers().size(), 1);
        now(uaa.clients().create(CreateClientRequest.builder().clientId("kettle").clientSecret("whistle-whistle-1")
            .authorizedGrantType(GrantType.CLIENT_CREDENTIALS).authorities("uaa.resource").build()));
        now(uaa.clients().update(UpdateClientRequest.builder().clientId("kettle")
            .authorizedGrantType(GrantType.CLIENT_CREDENTIALS).authority("uaa.resource").name("Kettle").build()));
        same(now(uaa.clients().get(GetClientRequest.builder().clientId("kettle").build())).getName(), "Kettle");

        // The Cloud Controller learns of the user with the first role.
        for (RoleType type : List.of(RoleType.ORGANIZATION_USER, RoleType.ORGANIZATION_MANAGER)) {
            now(cf.rolesV3().create(CreateRoleRequest.builder().type(type).relationships(RoleRelationships.builder()
                .user(to(user)).organization(to(organization)).build()).build()));
        }
        now(cf.rolesV3().create(CreateRoleRequest.builder().type(RoleType.SPACE_DEVELOPER).relationships(
            RoleRelationships.builder().user(to(user)).space(to(space)).build()).build()));

        TokenProvider theirs =
            PasswordGrantTokenProvider.builder().username("duke").password("Quite-long-secret-7").build();
        CloudFoundryClient duke =
            ReactorCloudFoundryClient.builder().connectionContext(context).tokenProvider(theirs).build();
        same(now(duke.organizationsV3().list(ListOrganizationsRequest.builder().build()))
            .getPagination().getTotalResults(), 1);
        refused(10003, duke.organizationsV3().create(CreateOrganizationRequest.builder().name("more").build()));
        String job = now(cf.organizationsV3().delete(DeleteOrganizationRequest.builder().organizationId(organization).build()));
        now(JobUtils.waitForCompletion(cf, SOON, job).thenReturn("done"));
        refused(10010, cf.organizationsV3().get(GetOrganizationRequest.builder().organizationId(organization).build()));

        now(uaa.clients().delete(DeleteClientRequest.builder().clientId("kettle").build()));
        now(uaa.groups().delete(DeleteGroupRequest.builder().groupId(group).build()));
        now(uaa.users().delete(DeleteUserRequest.builder().userId(user).build()));
        try {
            now(uaa.clients().get(GetClientRequest.builder().clientId("kettle").build()));
            throw new AssertionError("a deleted client was found");
        } catch (UaaException gone) {
            same(gone.getStatusCode(), 404);
        }
        System.out.println("scenario: done");
        System.exit(0);
    }

    static ToOneRelationship to(String id) {
        return ToOneRelationship.builder().data(Relationship.builder().id(id).build()).build();
    }

    static <T> T now(Mono<T> what) {
        return what.block(SOON);
    }

    static void refused(int code, Mono<?> what) {
        try {
            now(what);
            throw new AssertionError("this should have been refused with " + code);
        } catch (ClientV3Exception no) {
            same(no.getErrors().get(0).getCode(), code);
        }
    }

    static void same(Object is, Object wanted) {
        if (!wanted.equals(is)) {
            throw new AssertionError(is + " instead of " + wanted);
        }
    }
}
