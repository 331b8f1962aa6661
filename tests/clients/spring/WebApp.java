package webapp;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// A web application as its guide has it, with pages behind a sign-in and an API behind bearer tokens. What it knows of the provider is an
/// issuer: `--spring.security.oauth2...` on its command line.
@SpringBootApplication
@RestController
public class WebApp {
    public static void main(String[] args) {
        SpringApplication.run(WebApp.class, args);
    }

    @Bean
    @Order(1)
    SecurityFilterChain api(HttpSecurity http) throws Exception {
        return http.securityMatcher("/api/**")
            .authorizeHttpRequests(requests -> requests.anyRequest().hasAuthority("SCOPE_openid"))
            .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
            .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain pages(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
        var asking = new DefaultOAuth2AuthorizationRequestResolver(clients, "/oauth2/authorization");
        asking.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
        var out = new OidcClientInitiatedLogoutSuccessHandler(clients);
        out.setPostLogoutRedirectUri("{baseUrl}/out");
        return http.authorizeHttpRequests(requests -> requests.requestMatchers("/out").permitAll().anyRequest().authenticated())
            .oauth2Login(login -> login.authorizationEndpoint(endpoint -> endpoint.authorizationRequestResolver(asking)))
            .logout(logout -> logout.logoutSuccessHandler(out))
            .oidcLogout(logout -> logout.backChannel(Customizer.withDefaults()))
            .build();
    }

    @GetMapping(path = "/", produces = "text/html")
    String page(@AuthenticationPrincipal OidcUser person, CsrfToken csrf) {
        return "<h1>" + person.getClaimAsString("user_name") + "</h1><p>" + person.getUserInfo().getEmail() + "</p>"
            + "<form method=post action=/logout><input type=hidden name=_csrf value=" + csrf.getToken() + "></form>";
    }

    @GetMapping(path = "/out", produces = "text/html")
    String out() {
        return "<h1>Signed out</h1>";
    }

    @GetMapping("/api/me")
    Map<String, Object> bearer(@AuthenticationPrincipal Jwt token) {
        return Map.of("user_name", token.getClaimAsString("user_name"), "client", token.getClaimAsString("cid"));
    }
}
